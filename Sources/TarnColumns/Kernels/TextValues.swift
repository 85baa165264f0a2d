import TarnBase

extension Column {
    /// For each different text the first row that holds it, at most `limit` of them, rising; nulls are passed over.
    ///
    /// - Precondition: a string or binary column.
    package func firstRowsOfValues(limit: Int) -> [Int] {
        guard let source = FlatValues(self) else { preconditionFailure("\(type) is no text") }
        defer { withExtendedLifetime(self) {} }
        var rows: [Int] = []
        var seen: Set<UInt64> = []
        let hash = KeyHash(seed: 0)
        var last = -1
        for row in 0..<count where rows.count < limit && !isNull(row) {
            // Neighbours are mostly equal.
            if last >= 0, RowOrder.compare(source.text(row), source.text(last)) == 0 { continue }
            last = row
            let text = source.text(row)
            guard seen.insert(hash.hash64(text.baseAddress.unsafelyUnwrapped, count: text.count)).inserted else { continue }
            rows.append(row)
        }
        return rows
    }

    /// The first row whose text is not that of `prefix` followed by `groups` times `_` and decimal digits; rows in which
    /// either is null are passed over.
    ///
    /// - Precondition: two string columns of one count.
    package func firstRow(notNumbered prefix: Column, groups: Int) -> Int? {
        precondition(prefix.count == count)
        guard let texts = FlatValues(self), let prefixes = FlatValues(prefix) else { preconditionFailure("\(type) is no text") }
        defer { withExtendedLifetime((self, prefix)) {} }
        return (0..<count).first { row in
            guard !isNull(row), !prefix.isNull(row) else { return false }
            let text = texts.text(row)
            let start = prefixes.text(row)
            guard text.count > start.count, RowOrder.compare(UnsafeRawBufferPointer(rebasing: text[..<start.count]), start) == 0 else { return true }
            return !Column.isNumbered(UnsafeRawBufferPointer(rebasing: text[start.count...]), groups: groups)
        }
    }

    private static func isNumbered(_ text: UnsafeRawBufferPointer, groups: Int) -> Bool {
        var groupsFound = 0
        var digits = 0
        for byte in text {
            if byte == UInt8(ascii: "_") {
                guard groupsFound == 0 || digits > 0 else { return false }
                groupsFound += 1
                digits = 0
            } else {
                guard groupsFound > 0, (0x30...0x39).contains(byte) else { return false }
                digits += 1
            }
        }
        return groupsFound == groups && digits > 0
    }

    /// The least and the greatest text in the order of UTF-16 units, as Java compares; nil without any. Differs from the
    /// order of bytes where characters beyond U+FFFF meet those from U+E000 on.
    package func minMaxByUTF16() -> (min: Cell, max: Cell)? {
        guard let source = FlatValues(self) else { preconditionFailure("\(type) is no text") }
        defer { withExtendedLifetime(self) {} }
        var found: (min: Int, max: Int)?
        for row in 0..<count where !isNull(row) {
            guard let (low, high) = found else {
                found = (row, row)
                continue
            }
            if Column.isLessByUTF16(source.text(row), source.text(low)) { found?.min = row }
            if Column.isLessByUTF16(source.text(high), source.text(row)) { found?.max = row }
        }
        return found.map { (cell(at: $0.min), cell(at: $0.max)) }
    }

    /// Texts in UTF-8. Only lead bytes reach 0xEE, and those of U+E000 to U+FFFF stand behind all others as surrogates come
    /// before them.
    package static func isLessByUTF16(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        for (l, r) in zip(left, right) where l != r {
            func rank(_ byte: UInt8) -> UInt8 { byte == 0xEE || byte == 0xEF ? byte &+ 0x10 : byte }
            return rank(l) < rank(r)
        }
        return left.count < right.count
    }
}
