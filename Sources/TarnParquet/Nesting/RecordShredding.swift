import TarnBase
import TarnColumns

/// Takes columns apart into leaves with levels: the reverse of record assembly.
///
/// Works level by level over whole columns, not row by row. Going down from the root, a *slot* is a place for which each
/// leaf below gets one pair of levels; a list turns the slot of a row into one slot an entry, or into one without a row when
/// it is empty or null. Rows of children that no slot refers to (behind null structs, between lists) are never looked at.
///
/// Specification: Parquet, *Nested Encoding* (Dremel's definition and repetition levels).
struct RecordShredding {
    private(set) var leaves: [ShreddedLeaf] = []

    /// The slots at one node of the tree. nil where every row of the column has exactly one slot, all present.
    private struct Slots {
        var repetitionLevels: [UInt8] = []
        var definitionLevels: [UInt8]
        /// The row of the node's column, or -1 where an ancestor is null or empty.
        var rows: [Int32]
    }

    /// The leaves of `column`, in the order of the schema. `field` tells the levels, and which nodes may be null.
    ///
    /// - Throws: ``ParquetError`` of kind `unsupported` for a null where the schema allows none.
    static func shred(_ column: Column, as field: SchemaField) throws(ParquetError) -> [ShreddedLeaf] {
        var shredding = RecordShredding()
        try shredding.shred(column, as: field, slots: nil, level: 0)
        return shredding.leaves
    }

    /// - Parameter level: The definition level of a present slot of the parent.
    private mutating func shred(
        _ column: Column, as field: SchemaField, slots: Slots?, level: Int
    ) throws(ParquetError) {
        if case .leaf(let leaf) = field.shape {
            return try shred(column, as: leaf, of: field, slots: slots)
        }
        let slots = try entering(column, as: field, slots: slots, level: level)
        switch (field.shape, column.values) {
        case (.structure(let members), .fields(let columns)):
            for (member, column) in zip(members, columns) {
                try shred(column, as: member, slots: slots, level: field.definitionLevel)
            }
        case (.list(let entryLevel, let element), .list(let offsets, let elements)):
            let entries = offsets.withValues(of: Int32.self) { entriesOfLists($0, slots, field, entryLevel) }
            try shred(elements, as: element, slots: entries, level: entryLevel)
        case (.map(let entryLevel, let key, let value), .map(let offsets, let keys, let values)):
            let entries = offsets.withValues(of: Int32.self) { entriesOfLists($0, slots, field, entryLevel) }
            try shred(keys, as: key, slots: entries, level: entryLevel)
            try shred(values, as: value, slots: entries, level: entryLevel)
        default:
            preconditionFailure("a column of \(column.type) for field \(field.field)")
        }
    }

    /// The slots of `column` itself, from those of its parent: null rows lose theirs, present ones reach the field's level.
    private func entering(
        _ column: Column, as field: SchemaField, slots: Slots?, level: Int
    ) throws(ParquetError) -> Slots? {
        if column.validity == nil, slots == nil { return nil }
        let rise = UInt8(field.definitionLevel)
        guard var slots else {
            guard field.field.isNullable else { throw RecordShredding.unexpectedNull(field) }
            var slots = Slots(
                definitionLevels: [UInt8](repeating: rise, count: column.count), rows: (0..<Int32(column.count)).map { $0 })
            drop(nullsOf: column, from: &slots, to: UInt8(level))
            return slots
        }
        if !field.field.isNullable {
            try requirePresent(column, at: slots, field)
        } else {
            let count = slots.rows.count
            slots.definitionLevels.withUnsafeMutableBufferPointer { levels in
                slots.rows.withUnsafeBufferPointer { rows in
                    for slot in 0..<count where rows[slot] >= 0 { levels[slot] = rise }
                }
            }
            drop(nullsOf: column, from: &slots, to: UInt8(level))
        }
        return slots
    }

    private func drop(nullsOf column: Column, from slots: inout Slots, to level: UInt8) {
        guard let validity = column.validity else { return }
        let count = slots.rows.count
        validity.bytes.withUnsafeBytes { bits in
            slots.rows.withUnsafeMutableBufferPointer { rows in
                slots.definitionLevels.withUnsafeMutableBufferPointer { levels in
                    for slot in 0..<count where rows[slot] >= 0 {
                        let row = Int(rows[slot])
                        if bits[row &>> 3] & (1 &<< UInt8(truncatingIfNeeded: row & 7)) == 0 {
                            rows[slot] = -1
                            levels[slot] = level
                        }
                    }
                }
            }
        }
    }

    private func requirePresent(_ column: Column, at slots: Slots, _ field: SchemaField) throws(ParquetError) {
        guard let validity = column.validity else { return }
        for row in slots.rows where row >= 0 && !validity[Int(row)] { throw RecordShredding.unexpectedNull(field) }
    }

    /// The slots of the entries of lists or maps.
    private func entriesOfLists(
        _ offsets: UnsafeBufferPointer<Int32>, _ slots: Slots?, _ field: SchemaField, _ entryLevel: Int
    ) -> Slots {
        let level = UInt8(entryLevel)
        let emptyLevel = UInt8(field.definitionLevel)
        let repeated = UInt8(field.repetitionLevel + 1)
        let count = slots?.rows.count ?? offsets.count - 1
        var entries = Slots(definitionLevels: [], rows: [])
        let expected = max(count, Int((offsets.last ?? 0) &- (offsets.first ?? 0)))
        entries.repetitionLevels.reserveCapacity(expected)
        entries.definitionLevels.reserveCapacity(expected)
        entries.rows.reserveCapacity(expected)
        for slot in 0..<count {
            let row = slots.map { Int($0.rows[slot]) } ?? slot
            let repetition = slots.map { $0.repetitionLevels.isEmpty ? 0 : $0.repetitionLevels[slot] } ?? 0
            entries.repetitionLevels.append(repetition)
            guard row >= 0, offsets[row] < offsets[row + 1] else {
                entries.definitionLevels.append(slots.map { $0.definitionLevels[slot] } ?? emptyLevel)
                entries.rows.append(-1)
                continue
            }
            entries.definitionLevels.append(level)
            entries.rows.append(offsets[row])
            for entry in (offsets[row] + 1)..<max(offsets[row] + 1, offsets[row + 1]) {
                entries.repetitionLevels.append(repeated)
                entries.definitionLevels.append(level)
                entries.rows.append(entry)
            }
        }
        return entries
    }

    private mutating func shred(
        _ column: Column, as leaf: LeafColumn, of field: SchemaField, slots: Slots?
    ) throws(ParquetError) {
        let present = UInt8(leaf.maximumDefinitionLevel)
        guard let slots else {
            guard let validity = column.validity else {
                return leaves.append(
                    ShreddedLeaf(
                        leaf: leaf, slotCount: column.count, definitionLevels: .uniform(present), repetitionLevels: [],
                        values: column, rows: nil))
            }
            guard field.field.isNullable else { throw RecordShredding.unexpectedNull(field) }
            return leaves.append(
                ShreddedLeaf(
                    leaf: leaf, slotCount: column.count, definitionLevels: .validity(validity, present: present),
                    repetitionLevels: [], values: column, rows: setRows(of: validity)))
        }
        if !field.field.isNullable { try requirePresent(column, at: slots, field) }
        var levels = slots.definitionLevels
        let rows = presentRows(of: column, at: slots, present, &levels)
        leaves.append(
            ShreddedLeaf(
                leaf: leaf, slotCount: levels.count, definitionLevels: .levels(levels),
                repetitionLevels: slots.repetitionLevels, values: column, rows: rows))
    }

    private func setRows(of validity: Bitmap) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: validity.count + 1) { rows, count in
            validity.bytes.withUnsafeBytes { bits in
                for row in 0..<validity.count {
                    // Written always, kept only when the bit is set: no branch to mispredict.
                    rows[count] = Int32(truncatingIfNeeded: row)
                    count &+= Int(bits[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7)) & 1
                }
            }
        }
    }

    /// The rows with values, in order; their levels rise to `present`.
    private func presentRows(of column: Column, at slots: Slots, _ present: UInt8, _ levels: inout [UInt8]) -> [Int32] {
        let validity = column.validity
        var found: [Int32] = []
        found.reserveCapacity(slots.rows.count)
        levels.withUnsafeMutableBufferPointer { levels in
            for (slot, row) in slots.rows.enumerated() where row >= 0 {
                if let validity, !validity[Int(row)] { continue }
                levels[slot] = present
                found.append(row)
            }
        }
        return found
    }

    private static func unexpectedNull(_ field: SchemaField) -> ParquetError {
        .unsupported("a null in a column that the schema declares not null", column: field.field.name)
    }
}
