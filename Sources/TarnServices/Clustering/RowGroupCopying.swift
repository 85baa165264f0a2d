import TarnColumns
import TarnParquet
import TarnTable
import TarnWrite

/// Which row groups go into a new file as they lie, and where their columns come from.
struct RowGroupCopying: Sendable {
    /// Where a column of the new file comes from, by the position in the old one.
    enum Source: Hashable {
        case copied(Int)
        /// Stored otherwise than the new file has it: wider now, or written by another engine.
        case decoded(Int)
        /// Columns that the old file does not have.
        case absent
    }

    /// Of new files.
    let tree: SchemaTree
    /// Encoded row groups of fewer bytes would make scans slow, of more do not fit the memory.
    let bytes: ClosedRange<Int64>

    init(into schema: WriteSchema, bytes: ClosedRange<Int64>) throws(TableError) {
        do { tree = try SchemaTree(writing: schema.fileColumns, rootName: schema.recordName) } catch { throw TableError(error) }
        self.bytes = bytes
    }

    func takes(_ group: RowGroup) -> Bool {
        let range = group.byteRange
        return group.rowCount > 0 && bytes.contains(range.upperBound - range.lowerBound)
    }

    /// One a field of the new file; nil when a column that must be there is not.
    func sources(in file: SchemaTree) -> [Source]? {
        var positions: [String: Int] = [:]
        for (position, field) in file.fields.enumerated() { positions[field.field.name] = position }
        guard positions[MetaFields.recordKey] != nil else { return nil }
        var sources: [Source] = []
        for field in tree.fields {
            guard let position = positions[field.field.name] else {
                guard field.field.isNullable else { return nil }
                sources.append(.absent)
                continue
            }
            sources.append(file.fields[position].isStored(like: field) ? .copied(position) : .decoded(position))
        }
        return sources
    }
}
