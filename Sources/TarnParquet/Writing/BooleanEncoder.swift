import TarnBase
import TarnColumns

/// Booleans: PLAIN, one bit each.
final class BooleanEncoder: ValueEncoder {
    /// One byte a value.
    private let values = Scratch<UInt8>()
    private var hasTrue = false
    private var hasFalse = false

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
    var pageEncoding: Encoding { .plain }
    func settle() {}

    func encodePage(appendingTo output: inout ByteBuilder) {
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

    func beginPage() { values.removeAll(usualCount: 1 << 16) }

    var dictionaryCount: Int { 0 }
    var dictionaryByteCount: Int { 0 }
    func encodeDictionary(appendingTo output: inout ByteBuilder) {}

    var bounds: ValueBounds? {
        guard hasTrue || hasFalse else { return nil }
        return ValueBounds(minimum: Bytes([hasFalse ? 0 : 1]), maximum: Bytes([hasTrue ? 1 : 0]))
    }

    func beginChunk() {
        hasTrue = false
        hasFalse = false
    }
}
