import TarnBase
import TarnColumns

/// Puts leaf columns together to the column of a field, however nested.
///
/// A node has one slot for each entry of the innermost list above it (for each row, where there is none); the levels of any
/// leaf below it tell which slots are null and where lists begin. Leaves of one node that disagree on the number of slots
/// make the file malformed.
///
/// Specification: Parquet, *Nested Encoding*; the algorithm is Dremel's, by column instead of by record.
struct RecordAssembly {
    /// Those of the field, in their order.
    private let leaves: [LeafRows]
    /// The number of the first one, among the leaves of the schema.
    private let firstLeaf: Int

    init(_ leaves: [LeafRows], of field: SchemaField) {
        precondition(leaves.count == field.leaves.count)
        self.leaves = leaves
        firstLeaf = field.leaves.lowerBound
    }

    /// - Parameter entryLevel: From which definition level on there is an entry of the innermost list above the field.
    func column(_ field: SchemaField, entryLevel: Int = 0) throws(ParquetError) -> Column {
        switch field.shape {
        case .leaf(let leaf):
            let rows = rows(leaf.index)
            return Column(leaf.type, count: rows.slotCount, values: rows.values, validity: field.field.isNullable ? rows.present : nil)
        case .refused: preconditionFailure("a column that cannot be read was asked for")
        case .structure(let members):
            var columns: [Column] = []
            for member in members { columns.append(try column(member, entryLevel: entryLevel)) }
            let count = columns[0].count
            guard columns.allSatisfy({ $0.count == count }) else { throw disagreement(field) }
            return try finish(field, count: count, .fields(columns), entryLevel)
        case .list(let ownEntryLevel, let elementField):
            let elements = try column(elementField, entryLevel: ownEntryLevel)
            let offsets = try offsets(field, entryLevel, ownEntryLevel, entryCount: elements.count)
            return try finish(field, count: offsets.count / 4 - 1, .list(offsets: offsets, elements: elements), entryLevel)
        case .map(let ownEntryLevel, let keyField, let valueField):
            let keys = try column(keyField, entryLevel: ownEntryLevel)
            let values = try column(valueField, entryLevel: ownEntryLevel)
            if keyField.definitionLevel > ownEntryLevel, presence(keyField, ownEntryLevel) != nil {
                throw ParquetError(.malformed, "a map with a null key", column: field.field.name)
            }
            guard keys.count == values.count else { throw disagreement(field) }
            let offsets = try offsets(field, entryLevel, ownEntryLevel, entryCount: keys.count)
            return try finish(field, count: offsets.count / 4 - 1, .map(offsets: offsets, keys: keys, values: values), entryLevel)
        }
    }

    private func finish(
        _ field: SchemaField, count: Int, _ values: Column.Values, _ entryLevel: Int
    ) throws(ParquetError) -> Column {
        let validity = field.field.isNullable ? presence(field, entryLevel) : nil
        guard validity.map({ $0.count == count }) ?? true else { throw disagreement(field) }
        return Column(field.field.type, count: count, values: values, validity: validity)
    }

    /// nil when the node is there in every slot.
    private func presence(_ field: SchemaField, _ entryLevel: Int) -> Bitmap? {
        let bitmap = rows(field.leaves.lowerBound).presence(
            definitionLevel: field.definitionLevel, repetitionLevel: field.repetitionLevel, entryLevel: entryLevel)
        return bitmap.flatMap { $0.setCount == $0.count ? nil : $0 }
    }

    private func offsets(
        _ field: SchemaField, _ entryLevel: Int, _ ownEntryLevel: Int, entryCount: Int
    ) throws(ParquetError) -> Bytes {
        let offsets = try rows(field.leaves.lowerBound).offsets(
            repetitionLevel: field.repetitionLevel, entryLevel: entryLevel, ownEntryLevel: ownEntryLevel)
        let last = offsets.withValues(of: Int32.self) { Int($0[$0.count - 1]) }
        guard last == entryCount else { throw disagreement(field) }
        return offsets
    }

    private func rows(_ leaf: Int) -> LeafRows { leaves[leaf - firstLeaf] }

    private func disagreement(_ field: SchemaField) -> ParquetError {
        ParquetError(.malformed, "the columns below it disagree on the number of entries", column: field.field.name)
    }
}
