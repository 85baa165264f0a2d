package import TarnBase
package import TarnColumns

/// The bloom filter over the record keys of a base file (hudi-format §4.5), bit for bit as Hudi makes it.
///
/// A filter has rows of equally many bits; a key is a member if all its bits are set in one row. Filters made here have one
/// row; those read may have grown more.
package struct RecordBloomFilter: Sendable {
    /// How it is written down.
    package enum Kind: Hashable, Sendable {
        /// Rows with a header in front; type code `DYNAMIC_V0` in the footer.
        case dynamic
        /// One row; no type code in the footer.
        case simple
    }

    package let kind: Kind
    package let bitsPerRow: Int
    package let hashCount: Int
    /// How many keys a row is made for.
    package let entriesPerRow: Int
    /// How many keys were added to the newest row.
    package private(set) var entryCount: Int
    private var rows: [[UInt8]]
    private let divisor: FastRemainder

    package var rowCount: Int { rows.count }

    /// The false-positive rate that Hudi's writers use.
    package static let hudiErrorRate = 1e-9
    /// Filters of more bits than an Int32 counts do not exist; this many keys stay below it at ``hudiErrorRate``.
    package static let maximumEntries = 49_000_000

    /// An empty filter for `entries` keys.
    ///
    /// - Parameters:
    ///   - entries: How many keys will be added: the rows of the file. At least 1 counts, at most ``maximumEntries``; adding
    ///     more only raises the rate of false positives.
    package init(entries: Int, errorRate: Double = RecordBloomFilter.hudiErrorRate, kind: Kind = .dynamic) {
        precondition(entries >= 0 && errorRate > 0 && errorRate < 1)
        let n = Double(min(max(entries, 1), Self.maximumEntries))
        let bits = min(Self.bits(forKeys: n, errorRate: errorRate).rounded(.up), Double(Int32.max))
        self.init(
            kind: kind, bitsPerRow: Int(bits), hashCount: Int((logarithmOf2 * bits / n).rounded(.up)), entriesPerRow: Int(n),
            entryCount: 0, rows: [[UInt8](repeating: 0, count: (Int(bits) + 7) / 8)])
    }

    /// How long the text of a filter for `entries` keys is.
    package static func footerByteCount(entries: Int) -> Int {
        Int(min(bits(forKeys: Double(entries), errorRate: hudiErrorRate), Double(Int32.max)) / 6) + 64
    }

    private static func bits(forKeys count: Double, errorRate: Double) -> Double {
        count * -naturalLogarithm(errorRate) / (logarithmOf2 * logarithmOf2)
    }

    /// An empty filter of one row in the shape of another, to be filled with the same keys and compared.
    package init(like other: RecordBloomFilter) {
        self.init(
            kind: other.kind, bitsPerRow: other.bitsPerRow, hashCount: other.hashCount, entriesPerRow: other.entriesPerRow, entryCount: 0,
            rows: [[UInt8](repeating: 0, count: (other.bitsPerRow + 7) / 8)])
    }

    private init(kind: Kind, bitsPerRow: Int, hashCount: Int, entriesPerRow: Int, entryCount: Int, rows: [[UInt8]]) {
        self.kind = kind
        self.bitsPerRow = bitsPerRow
        self.hashCount = hashCount
        self.entriesPerRow = entriesPerRow
        self.entryCount = entryCount
        self.rows = rows
        divisor = FastRemainder(by: UInt32(bitsPerRow))
    }
}

// MARK: - Adding and asking

extension RecordBloomFilter {
    /// Adds every key of `keys`.
    package mutating func insert(_ keys: Views) {
        keys.withViews { views, buffers in
            insert(count: views.count) { View.content(views.baseAddress! + $0, buffers) }
        }
    }

    /// Adds every key of a string column without nulls.
    package mutating func insert(_ keys: Column) {
        precondition(keys.type == .string && keys.nullCount == 0)
        switch keys.values {
        case .views(let views): insert(views)
        case .dictionary(let codes, let dictionary):
            let used = codes.withValues(of: UInt32.self) { Set($0) }.sorted()
            guard case .views(let values) = dictionary.values else { preconditionFailure("a dictionary of dictionaries") }
            let before = entryCount
            values.withViews { views, buffers in
                insert(count: used.count) { View.content(views.baseAddress! + Int(used[$0]), buffers) }
            }
            entryCount = before + keys.count
        default: preconditionFailure("a string column without strings")
        }
    }

    package mutating func insert(_ key: UnsafeRawBufferPointer) { insert(count: 1) { _ in key } }

    @inline(__always)
    private mutating func insert(count: Int, _ key: (Int) -> UnsafeRawBufferPointer) {
        let (hashCount, divisor) = (hashCount, divisor)
        var scratch = KeyHashScratch()
        rows[rows.count - 1].withUnsafeMutableBufferPointer { row in
            let bits = row.baseAddress!
            var index = 0
            while index < count {
                // Four keys of one length at a time: each hash waits for the one before it, four chains keep the core busy.
                if index + 4 <= count {
                    let (a, b, c, d) = (key(index), key(index + 1), key(index + 2), key(index + 3))
                    if a.count == b.count, a.count == c.count, a.count == d.count, !a.isEmpty {
                        scratch.insertFour(a, b, c, d, hashCount: hashCount, divisor: divisor, bits: bits)
                        index += 4
                        continue
                    }
                }
                let one = key(index)
                if !one.isEmpty { scratch.insert(one, hashCount: hashCount, divisor: divisor, bits: bits) }
                index += 1
            }
        }
        entryCount += count
    }

    /// Whether the key may have been added; false means it certainly was not. An empty key, which no table has, may.
    package func mayContain(_ key: UnsafeRawBufferPointer) -> Bool {
        guard !key.isEmpty else { return true }
        var scratch = KeyHashScratch()
        return mayContain(key, &scratch)
    }

    package func mayContain(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { mayContain(UnsafeRawBufferPointer($0)) }
    }

    /// The positions of the keys in `keys` that certainly were not added, at most `limit` of them.
    package func missing(_ keys: Views, limit: Int = .max) -> [Int] {
        var scratch = KeyHashScratch()
        var missing: [Int] = []
        keys.withViews { views, buffers in
            for index in 0..<views.count where missing.count < limit {
                let key = View.content(views.baseAddress! + index, buffers)
                if !key.isEmpty, !mayContain(key, &scratch) { missing.append(index) }
            }
        }
        return missing
    }

    /// Whether any of the keys in these rows may have been added; stops at the first that may.
    ///
    /// - Parameter keys: A string column without nulls or dictionary.
    package func mayContainAny(of keys: Column, in rows: Range<Int>) -> Bool {
        guard case .views(let views) = keys.values else { preconditionFailure("a string column without strings") }
        var scratch = KeyHashScratch()
        return views.withViews { views, buffers in
            rows.contains { row in
                let key = View.content(views.baseAddress! + row, buffers)
                return key.isEmpty || mayContain(key, &scratch)
            }
        }
    }

    private func mayContain(_ key: UnsafeRawBufferPointer, _ scratch: inout KeyHashScratch) -> Bool {
        rows.contains { row in
            row.withUnsafeBufferPointer { scratch.find(key, hashCount: hashCount, divisor: divisor, bits: $0.baseAddress!) }
        }
    }
}

// MARK: - Written form

extension RecordBloomFilter {
    private static let murmurHash: UInt8 = 1

    /// The value of the footer's `hoodie_bloom_filter_type_code`; nil: the key is left out.
    package var typeCode: String? { kind == .dynamic ? "DYNAMIC_V0" : nil }

    /// The filter's bytes, without Base64.
    package func serialized() -> Bytes {
        var bytes = ByteBuilder(capacity: 25 + rows.count * (13 + (bitsPerRow + 7) / 8))
        func header() {
            bytes.append(bigEndian: Int32(-1))
            bytes.append(bigEndian: Int32(hashCount))
            bytes.append(Self.murmurHash)
            bytes.append(bigEndian: Int32(bitsPerRow))
        }
        if kind == .dynamic {
            header()
            bytes.append(bigEndian: Int32(clamping: entriesPerRow))
            bytes.append(bigEndian: Int32(clamping: entryCount))
            bytes.append(bigEndian: Int32(rows.count))
        }
        for row in rows {
            header()
            bytes.append(row)
        }
        return bytes.finish()
    }

    /// The text of the footer's `org.apache.hudi.bloomfilter`.
    package func footerText() -> String { Base64.encode(serialized()) }

    /// Reads what a footer holds.
    ///
    /// - Throws: ``TableError`` `corrupt` for what is no filter, `unsupported` for another type or hash.
    package init(footerText: String, typeCode: String?) throws(TableError) {
        guard let bytes = Base64.decode(footerText) else { throw TableError(.corrupt, "a bloom filter is not Base64") }
        switch typeCode {
        case nil, "SIMPLE": try self.init(parsing: bytes, kind: .simple)
        case "DYNAMIC_V0": try self.init(parsing: bytes, kind: .dynamic)
        case let other?: throw TableError(.unsupported, "bloom filters of this type are not known: \(other)")
        }
    }

    package init(parsing bytes: Bytes, kind: Kind) throws(TableError) {
        var offset = 0
        func integer() throws(TableError) -> Int {
            guard offset + 4 <= bytes.count else { throw TableError(.corrupt, "a bloom filter ends early", offset: Int64(offset)) }
            let value = bytes.withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int32.self)) }
            offset += 4
            return Int(value)
        }
        func header() throws(TableError) -> (hashes: Int, bits: Int) {
            let start = Int64(offset)
            guard try integer() == -1 else { throw TableError(.unsupported, "a bloom filter of another version", offset: start) }
            let hashes = try integer()
            guard offset < bytes.count else { throw TableError(.corrupt, "a bloom filter ends early", offset: Int64(offset)) }
            let hash = bytes[offset]
            offset += 1
            guard hash == Self.murmurHash else { throw TableError(.unsupported, "a bloom filter with hash \(hash)", offset: start) }
            let bits = try integer()
            guard (1...1024).contains(hashes), bits > 0 else {
                throw TableError(.corrupt, "a bloom filter of \(hashes) hashes and \(bits) bits", offset: start)
            }
            return (hashes, bits)
        }
        let outer = kind == .dynamic ? try header() : nil
        let entriesPerRow = kind == .dynamic ? try integer() : 0
        let entryCount = kind == .dynamic ? try integer() : 0
        let rowCount = kind == .dynamic ? try integer() : 1
        guard rowCount >= 1, entriesPerRow >= 0, entryCount >= 0 else {
            throw TableError(.corrupt, "a bloom filter of \(rowCount) rows", offset: Int64(offset))
        }
        var shape = outer
        var rows: [[UInt8]] = []
        for _ in 0..<rowCount {
            let start = Int64(offset)
            let row = try header()
            guard row.hashes == (shape ?? row).hashes, row.bits == (shape ?? row).bits else {
                throw TableError(.corrupt, "rows of a bloom filter differ in shape", offset: start)
            }
            shape = row
            let byteCount = (row.bits + 7) / 8
            guard bytes.count - offset >= byteCount else { throw TableError(.corrupt, "a bloom filter ends early", offset: Int64(offset)) }
            rows.append(bytes[offset..<(offset + byteCount)].array)
            offset += byteCount
        }
        guard offset == bytes.count, let shape else { throw TableError(.corrupt, "something follows a bloom filter", offset: Int64(offset)) }
        self.init(
            kind: kind, bitsPerRow: shape.bits, hashCount: shape.hashes, entriesPerRow: entriesPerRow, entryCount: entryCount, rows: rows)
    }
}
