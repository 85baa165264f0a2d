import TarnBase
import TarnColumns

/// Booleans: PLAIN, one bit each, or RLE.
final class BooleanEncoder: ValueEncoder {
    /// One byte a value.
    private let values = Scratch<UInt8>()
    private var choice: EncodingChoice
    /// Of the open page.
    private var hasTrue = false
    private var hasFalse = false

    init(encodings: [Encoding]) { choice = EncodingChoice(encodings) }

    func append(_ leaf: ShreddedLeaf) {
        guard case .bits(let bitmap) = leaf.values.values else { preconditionFailure("booleans are bits") }
        let first = values.count
        if let rows = leaf.rows { append(bitmap, rows) } else { append(bitmap) }
        var ones = 0
        for value in values.values[first...] { ones &+= Int(value) }
        hasTrue = hasTrue || ones > 0
        hasFalse = hasFalse || ones < values.count - first
    }

    private func append(_ bitmap: Bitmap, _ rows: [Int32]) {
        let target = values.reserve(rows.count)
        bitmap.bytes.withUnsafeBytes { bits in
            for (index, row) in rows.enumerated() {
                let row = Int(row)
                target[index] = (bits[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7)) & 1
            }
        }
        values.count += rows.count
    }

    private func append(_ bitmap: Bitmap) {
        let target = values.reserve(bitmap.count)
        bitmap.bytes.withUnsafeBytes { bits in
            for row in 0..<bitmap.count { target[row] = (bits[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7)) & 1 }
        }
        values.count += bitmap.count
    }

    var pageByteCount: Int { values.count / 8 }
    var mustEndPage: Bool { false }
    var pageEncoding: Encoding { choice.chosen }

    func settle(_ size: (_ fill: (inout ByteBuilder) -> Void) -> Int) {
        guard values.count > 0 else { return }
        choice.settle { encoding in size { self.encode(as: encoding, appendingTo: &$0) } }
    }

    func encodePage(appendingTo output: inout ByteBuilder) { encode(as: choice.chosen, appendingTo: &output) }

    private func encode(as encoding: Encoding, appendingTo output: inout ByteBuilder) {
        guard encoding == .runLength else { return encodePlain(appendingTo: &output) }
        let start = output.count
        output.append(littleEndian: UInt32(0))
        RunLengthBitPackedEncoding.encode(values.values, bitWidth: 1, appendingTo: &output)
        output.overwrite(at: start, littleEndian: UInt32(output.count - start - 4))
    }

    private func encodePlain(appendingTo output: inout ByteBuilder) {
        let count = values.count
        output.append(upTo: count / 8 + 32) { target in
            guard let out = target.baseAddress else { return 0 }
            BitPacker<1>.pack(values.base, groups: count / 8, into: out)
            let rest = count & 7
            guard rest > 0 else { return count / 8 }
            var last: UInt8 = 0
            for bit in 0..<rest { last |= values.base[count - rest + bit] << UInt8(bit) }
            out.storeBytes(of: last, toByteOffset: count / 8, as: UInt8.self)
            return count / 8 + 1
        }
    }

    func beginPage() {
        values.removeAll(usualCount: 1 << 16)
        hasTrue = false
        hasFalse = false
    }

    var dictionaryCount: Int { 0 }
    var dictionaryByteCount: Int { 0 }
    func encodeDictionary(appendingTo output: inout ByteBuilder) {}

    // Booleans have no bloom filter: ParquetWriteOptions are refused that ask for one.
    func hashPage(into hashes: Scratch<UInt64>) {}
    func hashDictionary(into hashes: Scratch<UInt64>) {}

    var pageBounds: ValueBounds? {
        guard hasTrue || hasFalse else { return nil }
        return ValueBounds(minimum: Bytes([hasFalse ? 0 : 1]), maximum: Bytes([hasTrue ? 1 : 0]))
    }

    func beginChunk() {
        choice.beginChunk()
        beginPage()
    }
}
