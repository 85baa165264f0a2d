import Glibc
import TarnBase
import TarnColumns

/// Text and binary values: PLAIN, or codes into a dictionary. Dictionary columns stay codes: each entry is looked up once,
/// and no text is copied a row.
final class ViewEncoder: ValueEncoder {
    private enum Mode {
        case dictionary
        /// Codes in the open page, no more values after it.
        case leavingDictionary
        case plain
    }

    private let isText: Bool
    private let policy: DictionaryPolicy?
    private let boundBytes: Int
    private var choice: EncodingChoice

    private var mode = Mode.plain
    /// The open page's values, each with its length in front.
    private let plain = Scratch<UInt8>()
    private var plainCount = 0
    private let codes = Scratch<UInt32>()
    /// What the open page's codes would take as PLAIN; counted in a chunk's first page only.
    private var codedByteCount = 0

    /// Views of the dictionary's entries; long ones point into `entryBytes`, which is the dictionary page.
    private let entries = Scratch<View>()
    private let entryBytes = Scratch<UInt8>()
    private var table = CodeTable()

    private let dense = Scratch<View>()
    private let hashes = Scratch<UInt64>()
    /// The code of each entry of a dictionary column that came in; `unmapped` until looked up.
    private let mapped = Scratch<UInt32>()
    private var mappedDictionary: Bytes?
    private static let unmapped = UInt32.max

    private var chunkValueCount = 0
    /// Whether a page of codes was written: the dictionary stays then.
    private var chunkHasCodes = false
    /// Of the open page; of codes only once it is settled.
    private var bounds = ByteArrayBounds()
    private let occurs = Scratch<UInt8>()

    init(isText: Bool, policy: DictionaryPolicy?, encodings: [Encoding], boundBytes: Int) {
        self.isText = isText
        self.policy = policy
        self.boundBytes = boundBytes
        choice = EncodingChoice(encodings)
        beginChunk()
    }

    // MARK: Taking values in

    func append(_ leaf: ShreddedLeaf) {
        let count = leaf.valueCount
        guard count > 0 else { return }
        chunkValueCount += count
        switch leaf.values.values {
        case .views(let views):
            views.withViews { all, buffers in
                buffers.withUnsafeBufferPointer { buffers in
                    guard let rows = leaf.rows else {
                        if let base = all.baseAddress { append(base, count, buffers) }
                        return
                    }
                    gather(all, rows)
                    append(dense.base, count, buffers)
                }
            }
        case .dictionary(let codes, let dictionary):
            guard case .views(let views) = dictionary.values else { preconditionFailure("a dictionary of views") }
            codes.withValues(of: UInt32.self) { codes in append(codes, leaf.rows, count, of: views) }
        default:
            preconditionFailure("a column of views")
        }
        reconsider()
    }

    private func append(_ slots: UnsafePointer<View>, _ count: Int, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) {
        if mode == .plain {
            appendPlain(slots, count, buffers)
            bounds.note(slots, count, buffers)
            return
        }
        appendCodes(slots, count, buffers)
        if !chunkHasCodes {
            for index in 0..<count { codedByteCount &+= 4 &+ slots[index].length }
        }
    }

    private func append(_ codes: UnsafeBufferPointer<UInt32>, _ rows: [Int32]?, _ count: Int, of dictionary: Views) {
        let isMapped = mappedDictionary.map { $0.unsafePointer == dictionary.views.unsafePointer && $0.count == dictionary.views.count } ?? false
        // Setting the map up costs a store an entry; not for a handful of rows.
        guard mode != .plain, isMapped || dictionary.count <= 64 * count else {
            return dictionary.withViews { all, buffers in
                gather(all, codes, rows)
                buffers.withUnsafeBufferPointer { append(dense.base, count, $0) }
            }
        }
        if !isMapped {
            mappedDictionary = dictionary.views
            mapped.removeAll()
            mapped.append(repeating: ViewEncoder.unmapped, count: dictionary.count)
        }
        dictionary.withViews { all, buffers in
            buffers.withUnsafeBufferPointer { buffers in
                if let base = all.baseAddress { appendMapped(codes, rows, count, base, buffers) }
            }
        }
    }

    private func gather(_ views: UnsafeBufferPointer<View>, _ rows: [Int32]) {
        dense.count = 0
        let target = dense.reserve(rows.count)
        rows.withUnsafeBufferPointer { rows in
            for index in 0..<rows.count { target[index] = views[Int(rows[index])] }
        }
    }

    private func gather(_ views: UnsafeBufferPointer<View>, _ codes: UnsafeBufferPointer<UInt32>, _ rows: [Int32]?) {
        dense.count = 0
        let count = rows?.count ?? codes.count
        let target = dense.reserve(count)
        if let rows {
            for index in 0..<count { target[index] = views[Int(codes[Int(rows[index])])] }
        } else {
            for index in 0..<count { target[index] = views[Int(codes[index])] }
        }
    }

    // MARK: Loops over values

    /// Appends a value in its PLAIN form; `out` has room for 64 bytes more. Returns the end.
    @inline(__always)
    private static func store(
        _ slot: UnsafePointer<View>, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>, at out: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let view = slot.pointee
        let length = view.length
        if view.isInline {
            // A short view in memory is its PLAIN form, zeros behind it.
            out.storeBytes(of: view, as: View.self)
            return out + (4 &+ length)
        }
        let source = buffers[view.buffer] + view.offset
        out.storeBytes(of: UInt32(truncatingIfNeeded: length), as: UInt32.self)
        let text = out + 4
        if length <= 48 {
            for chunk in 0..<3 where chunk == 0 || length > chunk &* 16 {
                text.storeBytes(
                    of: source.loadUnaligned(fromByteOffset: chunk &* 16, as: SIMD16<UInt8>.self), toByteOffset: chunk &* 16,
                    as: SIMD16<UInt8>.self)
            }
        } else {
            text.copyMemory(from: source, byteCount: length)
        }
        return text + length
    }

    private func appendPlain(_ slots: UnsafePointer<View>, _ count: Int, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) {
        var total = 0
        for index in 0..<count { total &+= slots[index].length }
        let start = UnsafeMutableRawPointer(plain.reserve(total + 4 * count + 64))
        var out = start
        for index in 0..<count { out = ViewEncoder.store(slots + index, buffers, at: out) }
        plain.count += out - start
        plainCount += count
    }

    private func appendCodes(_ slots: UnsafePointer<View>, _ count: Int, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) {
        // All hashes first: the table's cache misses then overlap.
        hashes.count = 0
        let hashed = hashes.reserve(count)
        for index in 0..<count { hashed[index] = ViewEncoder.hash(slots + index, buffers) }
        let target = codes.reserve(count)
        ViewEncoder.encode(slots, hashed, count, buffers, into: target, with: &table, entries, entryBytes)
        codes.count += count
    }

    /// Static, and given its table, so that exclusive access to it is claimed once a run and not once a value.
    private static func encode(
        _ slots: UnsafePointer<View>, _ hashes: UnsafePointer<UInt64>, _ count: Int,
        _ buffers: UnsafeBufferPointer<UnsafeRawPointer>, into target: UnsafeMutablePointer<UInt32>,
        with table: inout CodeTable, _ entries: Scratch<View>, _ entryBytes: Scratch<UInt8>
    ) {
        let known = entries.reserve(count) - entries.count
        var text = UnsafeRawPointer(entryBytes.base)
        for index in 0..<count {
            let view = slots[index]
            let (code, isNew) = table.code(for: hashes[index]) {
                let entry = known[Int($0)]
                guard entry.low == view.low else { return false }
                if view.isInline { return entry.high == view.high }
                return memcmp(text + entry.offset, buffers[view.buffer] + view.offset, view.length) == 0
            }
            if isNew {
                known[entries.count] = add(slots + index, buffers, to: entryBytes)
                entries.count &+= 1
                text = UnsafeRawPointer(entryBytes.base)
            }
            target[index] = code
        }
    }

    /// Appends a value to the dictionary page; returns the view of the entry.
    private static func add(
        _ slot: UnsafePointer<View>, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>, to entryBytes: Scratch<UInt8>
    ) -> View {
        let view = slot.pointee
        let start = entryBytes.count
        let out = UnsafeMutableRawPointer(entryBytes.reserve(view.length + 4 + 64))
        entryBytes.count += store(slot, buffers, at: out) - out
        return view.isInline ? view : View(low: view.low, high: UInt64(truncatingIfNeeded: start + 4) &<< 32)
    }

    private func appendMapped(
        _ codes: UnsafeBufferPointer<UInt32>, _ rows: [Int32]?, _ count: Int, _ dictionary: UnsafePointer<View>,
        _ buffers: UnsafeBufferPointer<UnsafeRawPointer>
    ) {
        let target = self.codes.reserve(count)
        let map = mapped.base
        for index in 0..<count {
            let row = if let rows { Int(rows[index]) } else { index }
            let code = Int(codes[row])
            if map[code] == ViewEncoder.unmapped {
                var hash = ViewEncoder.hash(dictionary + code, buffers)
                ViewEncoder.encode(dictionary + code, &hash, 1, buffers, into: map + code, with: &table, entries, entryBytes)
            }
            target[index] = map[code]
        }
        self.codes.count += count
        if !chunkHasCodes {
            for index in 0..<count { codedByteCount &+= 4 &+ entries.base[Int(target[index])].length }
        }
    }

    @inline(__always)
    private static func hash(_ slot: UnsafePointer<View>, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) -> UInt64 {
        let view = slot.pointee
        if view.isInline { return wordHash(view.low ^ wordHash(view.high)) }
        return dictionaryHash.hash64(buffers[view.buffer] + view.offset, count: view.length)
    }

    // MARK: The page

    /// Of a page of codes: which entries occur, and how long the values are together.
    private func noteCodes() {
        let known = entries.base
        withUnsafePointer(to: UnsafeRawPointer(entryBytes.base)) { buffer in
            let buffers = UnsafeBufferPointer(start: buffer, count: 1)
            guard chunkHasCodes else {
                // All entries come from this page.
                bounds.note(known, entries.count, buffers)
                return
            }
            occurs.removeAll()
            let marks = occurs.reserve(entries.count)
            marks.update(repeating: 0, count: entries.count)
            for code in codes.values { marks[Int(code)] = 1 }
            dense.removeAll()
            let target = dense.reserve(entries.count + 1)
            var count = 0
            for index in 0..<entries.count {
                target[count] = known[index]
                count &+= Int(marks[index])
            }
            bounds.note(target, count, buffers)
        }
    }

    var pageBounds: ValueBounds? {
        guard let minimum = bounds.minimum, let maximum = bounds.maximum else { return nil }
        return ValueBounds(minimum: minimum, maximum: maximum, isText: isText, limit: boundBytes)
    }

    var pageByteArrayByteCount: Int? {
        guard pageEncoding.isDictionary else { return plain.count - 4 * plainCount }
        var count = 0
        let known = entries.base
        for code in codes.values { count &+= known[Int(code)].length }
        return count
    }

    func hashPage(into hashes: Scratch<UInt64>) {
        if !pageEncoding.isDictionary { plainValues.hash(into: hashes) }
    }

    func hashDictionary(into hashes: Scratch<UInt64>) { PlainByteArrays(bytes: entryBytes.rawBytes, count: entries.count).hash(into: hashes) }

    /// The open page's.
    private var plainValues: PlainByteArrays { PlainByteArrays(bytes: plain.rawBytes, count: plainCount) }

    // MARK: The dictionary's life

    private func reconsider() {
        guard let policy, mode == .dictionary else { return }
        guard policy.givesUp(valueCount: chunkValueCount, distinctCount: entries.count, byteCount: entryBytes.count) else { return }
        if chunkHasCodes { mode = .leavingDictionary } else { replaceCodes() }
    }

    /// Turns the open page, the first of its chunk, into a PLAIN one; the dictionary goes.
    private func replaceCodes() {
        withUnsafePointer(to: UnsafeRawPointer(entryBytes.base)) { buffer in
            let buffers = UnsafeBufferPointer(start: buffer, count: 1)
            let start = UnsafeMutableRawPointer(plain.reserve(codedByteCount + 64))
            var out = start
            for index in 0..<codes.count { out = ViewEncoder.store(entries.base + Int(codes.base[index]), buffers, at: out) }
            plain.count += out - start
            plainCount += codes.count
            bounds.note(entries.base, entries.count, buffers)
        }
        codes.removeAll()
        dropDictionary()
        mode = .plain
    }

    private func dropDictionary() {
        entries.removeAll(usualCount: 1 << 16)
        entryBytes.removeAll(usualCount: 1 << 20)
        table.removeAll()
        mappedDictionary = nil
    }

    func settle(_ size: (_ fill: (inout ByteBuilder) -> Void) -> Int) {
        if let policy, mode == .dictionary, !chunkHasCodes, codes.count > 0 {
            let pays = policy.pays(
                valueCount: codes.count, distinctCount: entries.count, dictionaryBytes: entryBytes.count,
                plainBytes: codedByteCount)
            if !pays { replaceCodes() }
        }
        if codes.count > 0 { noteCodes() }
        guard plainCount > 0 else { return }
        let sample = plainValues.first(EncodingChoice.sampleCount)
        choice.settle { encoding in size { sample.encode(as: encoding, appendingTo: &$0) } }
    }

    func beginChunk() {
        mode = policy == nil ? .plain : .dictionary
        choice.beginChunk()
        dropDictionary()
        codedByteCount = 0
        chunkValueCount = 0
        chunkHasCodes = false
        beginPage()
    }

    private var bitWidth: Int { RunLengthBitPackedEncoding.bitWidth(for: max(0, entries.count - 1)) }
    var pageByteCount: Int { mode == .plain ? plain.count : codes.count * bitWidth / 8 }
    var mustEndPage: Bool { mode == .leavingDictionary }
    var pageEncoding: Encoding { mode == .plain || codes.count == 0 ? choice.chosen : .runLengthDictionary }

    func encodePage(appendingTo output: inout ByteBuilder) {
        guard pageEncoding.isDictionary else {
            return plainValues.encode(as: choice.chosen, appendingTo: &output)
        }
        output.append(UInt8(bitWidth))
        RunLengthBitPackedEncoding.encode(codes.values, bitWidth: bitWidth, appendingTo: &output)
    }

    func beginPage() {
        if codes.count > 0 { chunkHasCodes = true }
        if mode == .leavingDictionary { mode = .plain }
        plain.removeAll(usualCount: 1 << 21)
        plainCount = 0
        codes.removeAll(usualCount: 1 << 17)
        bounds = ByteArrayBounds()
    }

    var dictionaryCount: Int { entries.count }
    var dictionaryByteCount: Int { entryBytes.count }
    func encodeDictionary(appendingTo output: inout ByteBuilder) { output.append(entryBytes.rawBytes) }
}
