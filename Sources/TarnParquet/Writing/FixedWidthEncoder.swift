import TarnBase
import TarnColumns

/// Numbers, dates, times and decimals: PLAIN, or codes into a dictionary.
///
/// What `ValueEncoder` calls and holds loops is specialised by name: a generic class has one table of methods, so calls
/// through it would run the unspecialised loops, 20 times slower.
final class FixedWidthEncoder<Value: StorableValue>: ValueEncoder {
    private enum Mode {
        case dictionary
        /// Codes in the open page, no more values after it.
        case leavingDictionary
        case plain
    }

    /// Bytes of a stored value.
    private let width: Int
    /// Values must lie within, as decimals within their digits.
    private let legal: ClosedRange<Value>?
    private let policy: DictionaryPolicy?
    private var choice: EncodingChoice

    private var mode = Mode.plain
    private let plain = Scratch<Value>()
    private let codes = Scratch<UInt32>()
    private let entries = Scratch<Value>()
    private var table = CodeTable()
    private let dense = Scratch<Value>()

    private var chunkValueCount = 0
    /// Whether a page of codes was written: the dictionary stays then.
    private var chunkHasCodes = false
    /// Of the open page.
    private var minimum = Value.aboveAll
    private var maximum = Value.belowAll

    init(width: Int, legal: ClosedRange<Value>? = nil, policy: DictionaryPolicy?, encodings: [Encoding]) {
        self.width = width
        self.legal = legal
        self.policy = policy
        choice = EncodingChoice(encodings)
        beginChunk()
    }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func append(_ leaf: ShreddedLeaf) throws(ParquetError) {
        let count = leaf.valueCount
        guard count > 0 else { return }
        switch leaf.values.values {
        case .fixed(let bytes):
            if let rows = leaf.rows {
                bytes.withValues(of: Value.self) { gather($0, rows) }
                try append(dense.base, count)
            } else {
                try bytes.withValues(of: Value.self) { (all) throws(ParquetError) in
                    if let base = all.baseAddress { try append(base, count) }
                }
            }
        case .dictionary(let codes, let dictionary):
            guard case .fixed(let bytes) = dictionary.values else { preconditionFailure("a dictionary of fixed-width values") }
            codes.withValues(of: UInt32.self) { codes in bytes.withValues(of: Value.self) { gather($0, codes, leaf.rows) } }
            try append(dense.base, count)
        default:
            preconditionFailure("a column of fixed width")
        }
    }

    private func gather(_ values: UnsafeBufferPointer<Value>, _ rows: [Int32]) {
        dense.count = 0
        let target = dense.reserve(rows.count)
        rows.withUnsafeBufferPointer { rows in
            for index in 0..<rows.count { target[index] = values[Int(rows[index])] }
        }
        dense.count = rows.count
    }

    private func gather(_ values: UnsafeBufferPointer<Value>, _ codes: UnsafeBufferPointer<UInt32>, _ rows: [Int32]?) {
        dense.count = 0
        let count = rows?.count ?? codes.count
        let target = dense.reserve(count)
        if let rows {
            for index in 0..<count { target[index] = values[Int(codes[Int(rows[index])])] }
        } else {
            for index in 0..<count { target[index] = values[Int(codes[index])] }
        }
        dense.count = count
    }

    private func append(_ values: UnsafePointer<Value>, _ count: Int) throws(ParquetError) {
        note(values, count)
        if let legal, maximum != .belowAll || minimum != .aboveAll {
            guard legal.contains(minimum), legal.contains(maximum) else {
                throw .unsupported("a decimal with more digits than its type has")
            }
        }
        chunkValueCount += count
        if mode == .plain {
            plain.append(values, count: count)
        } else {
            appendCodes(values, count)
            reconsider()
        }
    }

    /// Widens the bounds. Comparing is false for NaN, so NaN never becomes one.
    private func note(_ values: UnsafePointer<Value>, _ count: Int) {
        var least = minimum
        var greatest = maximum
        for index in 0..<count {
            let value = values[index]
            least = value < least ? value : least
            greatest = value > greatest ? value : greatest
        }
        minimum = least
        maximum = greatest
    }

    private func appendCodes(_ values: UnsafePointer<Value>, _ count: Int) {
        let target = codes.reserve(count)
        FixedWidthEncoder.encode(values, count, into: target, with: &table, adding: entries)
        codes.count += count
    }

    /// Static, and given its table, so that exclusive access to it is claimed once a run and not once a value.
    private static func encode(
        _ values: UnsafePointer<Value>, _ count: Int, into target: UnsafeMutablePointer<UInt32>, with table: inout CodeTable,
        adding entries: Scratch<Value>
    ) {
        let known = entries.reserve(count) - entries.count
        var knownCount = entries.count
        defer { entries.count = knownCount }
        for index in 0..<count {
            let value = values[index]
            let (code, isNew) = table.code(for: wordHash(value.identity)) { known[Int($0)].isIdentical(to: value) }
            if isNew {
                known[knownCount] = value
                knownCount &+= 1
            }
            target[index] = code
        }
    }

    private func reconsider() {
        guard let policy, mode == .dictionary else { return }
        guard policy.givesUp(valueCount: chunkValueCount, distinctCount: entries.count, byteCount: dictionaryByteCount) else { return }
        if chunkHasCodes { mode = .leavingDictionary } else { replaceCodes() }
    }

    /// Turns the open page, the first of its chunk, into a PLAIN one; the dictionary goes.
    private func replaceCodes() {
        let target = plain.reserve(codes.count)
        for index in 0..<codes.count { target[index] = entries.base[Int(codes.base[index])] }
        plain.count += codes.count
        codes.removeAll()
        dropDictionary()
        mode = .plain
    }

    private func dropDictionary() {
        entries.removeAll(usualCount: 1 << 16)
        table.removeAll()
    }

    private var bitWidth: Int { RunLengthBitPackedEncoding.bitWidth(for: max(0, entries.count - 1)) }
    var pageByteCount: Int { mode == .plain ? plain.count * width : codes.count * bitWidth / 8 }
    var mustEndPage: Bool { mode == .leavingDictionary }
    var pageEncoding: Encoding { mode == .plain || codes.count == 0 ? choice.chosen : .runLengthDictionary }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func settle(_ size: (_ fill: (inout ByteBuilder) -> Void) -> Int) {
        if let policy, mode == .dictionary, !chunkHasCodes, codes.count > 0 {
            let pays = policy.pays(
                valueCount: codes.count, distinctCount: entries.count, dictionaryBytes: dictionaryByteCount,
                plainBytes: codes.count * width)
            if !pays { replaceCodes() }
        }
        guard plain.count > 0 else { return }
        let sample = UnsafeBufferPointer(start: plain.base, count: min(plain.count, EncodingChoice.sampleCount))
        choice.settle { encoding in size { encode(sample, as: encoding, appendingTo: &$0) } }
    }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func encodePage(appendingTo output: inout ByteBuilder) {
        guard pageEncoding.isDictionary else { return encode(plain.values, as: choice.chosen, appendingTo: &output) }
        output.append(UInt8(bitWidth))
        RunLengthBitPackedEncoding.encode(codes.values, bitWidth: bitWidth, appendingTo: &output)
    }

    private func encode(_ values: UnsafeBufferPointer<Value>, as encoding: Encoding, appendingTo output: inout ByteBuilder) {
        switch encoding {
        case .deltaBinaryPacked: Value.encodeDelta(values, appendingTo: &output)
        case .byteStreamSplit: Value.encodeSplit(values, width: width, appendingTo: &output)
        default: Value.encodePlain(values, width: width, appendingTo: &output)
        }
    }

    func beginPage() {
        if codes.count > 0 { chunkHasCodes = true }
        if mode == .leavingDictionary { mode = .plain }
        plain.removeAll(usualCount: 1 << 18)
        codes.removeAll(usualCount: 1 << 17)
        minimum = .aboveAll
        maximum = .belowAll
    }

    var dictionaryCount: Int { entries.count }
    var dictionaryByteCount: Int { entries.count * width }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func encodeDictionary(appendingTo output: inout ByteBuilder) {
        Value.encodePlain(entries.values, width: width, appendingTo: &output)
    }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func hashPage(into hashes: Scratch<UInt64>) {
        if !pageEncoding.isDictionary { hash(plain.values, into: hashes) }
    }

    @_specialize(where Value == Int32)
    @_specialize(where Value == Int64)
    @_specialize(where Value == Float)
    @_specialize(where Value == Double)
    @_specialize(where Value == Int128)
    func hashDictionary(into hashes: Scratch<UInt64>) { hash(entries.values, into: hashes) }

    private func hash(_ values: UnsafeBufferPointer<Value>, into hashes: Scratch<UInt64>) {
        var forms = ByteBuilder()
        Value.encodePlain(values, width: width, appendingTo: &forms)
        let target = hashes.reserve(values.count)
        forms.withUnsafeBytes { forms in
            for index in 0..<values.count {
                target[index] = SplitBlockBloomFilter.hash(UnsafeRawBufferPointer(rebasing: forms[(index &* width)..<(index &* width &+ width)]))
            }
        }
        hashes.count += values.count
    }

    var pageBounds: ValueBounds? {
        // Nothing but NaN has no bounds, nor has nothing.
        guard minimum <= maximum, plain.count + codes.count > 0 else { return nil }
        return ValueBounds(minimum: plainForm(minimum.asLowerBound), maximum: plainForm(maximum.asUpperBound))
    }

    private func plainForm(_ value: Value) -> Bytes {
        var output = ByteBuilder()
        withUnsafePointer(to: value) {
            Value.encodePlain(UnsafeBufferPointer(start: $0, count: 1), width: width, appendingTo: &output)
        }
        return output.finish()
    }

    func beginChunk() {
        mode = policy == nil ? .plain : .dictionary
        choice.beginChunk()
        dropDictionary()
        chunkValueCount = 0
        chunkHasCodes = false
        beginPage()
    }
}
