package import TarnBase
package import TarnColumns

/// A file's footer: its schema, and where everything lies.
package struct FileMetadata: Sendable {
    package var version: Int32 = 1
    /// The schema as listed in the footer, and what it means.
    package internal(set) var tree: SchemaTree
    package var rowCount: Int64
    package var rowGroups: [RowGroup]
    /// In the order of the file; keys may occur twice.
    package var keyValueMetadata: [KeyValue] = []
    package var createdBy: String?
    /// Whether bounds in ``Statistics/minimum`` and ``Statistics/maximum`` are ordered by the column's type, per leaf.
    /// Empty when the file does not say.
    package var columnOrders: [ColumnOrder] = []
    /// Where in its file the footer begins, behind everything it tells of; unknown of one that was not read from a file.
    package var footerOffset = Int64.max

    package init(tree: SchemaTree, rowGroups: [RowGroup]) {
        self.tree = tree
        self.rowGroups = rowGroups
        rowCount = rowGroups.reduce(0) { $0 + $1.rowCount }
    }

    /// The columns as the rest of Tarn sees them.
    package var schema: Schema { tree.schema }

    /// The same with the column at this place of the file as the one of its name: see ``SchemaTree/choosing(_:)``.
    package func choosing(_ position: Int) throws(ParquetError) -> FileMetadata {
        var chosen = self
        chosen.tree = try tree.choosing(position)
        return chosen
    }

    /// The same with INT96 times as nanoseconds, for files of Impala and Hive: see ``Int96Time``.
    package func readingInt96AsNanoseconds() throws(ParquetError) -> FileMetadata {
        var changed = self
        changed.tree = try SchemaTree(tree.elements, maximumDepth: tree.elements.count, int96: .nanoseconds)
        return changed
    }

    /// How the bounds of a leaf compare; nil when the file does not say.
    package func order(of leaf: LeafColumn) -> ColumnOrder? { columnOrders.indices.contains(leaf.index) ? columnOrders[leaf.index] : nil }

    /// The value of the last entry with this key.
    package func keyValue(_ key: String) -> String? { keyValueMetadata.last { $0.key == key }?.value }

    /// Decodes the footer's Thrift structure.
    ///
    /// Promises of the result: every row group has one chunk a leaf, of the leaf's physical type; row counts add up.
    package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
        var reader = CompactReader(bytes, maximumDepth: limits.depth)
        var version: Int32 = 1
        var elements: [SchemaElement] = []
        var rowCount: Int64 = 0
        var rowGroups: [RowGroup] = []
        var keyValues: [KeyValue] = []
        var createdBy: String?
        var orders: [ColumnOrder] = []
        try reader.readStruct { (reader, header) throws(ParquetError) in
            switch header.id {
            case 1: version = try reader.readInt32(header)
            case 2:
                elements = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try SchemaElement(reading: &reader)
                }
            case 3: rowCount = try reader.readCount(header)
            case 4:
                rowGroups = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try RowGroup(reading: &reader)
                }
            case 5: keyValues = try KeyValue.readList(&reader, header)
            case 6: createdBy = try reader.readString(header)
            case 7:
                orders = try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
                    try ColumnOrder(reading: &reader)
                }
            default: try reader.skip(header)
            }
        }
        self.init(tree: try SchemaTree(elements, maximumDepth: limits.depth), rowGroups: [])
        self.version = version
        self.rowCount = rowCount
        self.rowGroups = rowGroups
        keyValueMetadata = keyValues
        self.createdBy = createdBy
        columnOrders = orders
        try validate()
    }

    private mutating func validate() throws(ParquetError) {
        var total: Int64 = 0
        for (index, group) in rowGroups.enumerated() {
            guard group.columns.count == tree.leaves.count else {
                throw .malformed("row group \(index) has \(group.columns.count) column chunks for \(tree.leaves.count) leaves")
            }
            for (chunk, leaf) in zip(group.columns, tree.leaves) where chunk.physicalType != leaf.physicalType && !chunk.isEncrypted {
                throw ParquetError(.malformed, "row group \(index) holds \(chunk.physicalType), not \(leaf.physicalType)", column: leaf.name)
            }
            let (sum, overflow) = total.addingReportingOverflow(group.rowCount)
            guard !overflow else { throw .malformed("row counts of the row groups overflow") }
            total = sum
        }
        // Some writers leave the file's count out.
        if rowCount == 0 { rowCount = total }
        guard total == rowCount else { throw .malformed("row groups hold \(total) rows, the footer says \(rowCount)") }
    }

    /// The footer's Thrift structure, without the length and the magic number that follow it in the file.
    package func encoded() -> Bytes {
        // Long values lie in it once: growing would hold them two and a half times.
        let values = keyValueMetadata.reduce(0) { $0 + $1.key.utf8.count + ($1.value?.utf8.count ?? 0) + 16 }
        var writer = CompactWriter(capacity: 4096 + values + (tree.elements.count + rowGroups.count * tree.leaves.count) * 256)
        writer.writeStruct { writer in
            writer.write(1, version)
            writer.writeList(2, tree.elements) { $1.write(to: &$0) }
            writer.write(3, rowCount)
            writer.writeList(4, rowGroups) { $1.write(to: &$0) }
            if !keyValueMetadata.isEmpty { writer.writeList(5, keyValueMetadata) { $1.write(to: &$0) } }
            writer.write(6, createdBy)
            if !columnOrders.isEmpty { writer.writeList(7, columnOrders) { $1.write(to: &$0) } }
        }
        return writer.finish()
    }
}

/// How the bounds of a column compare.
package enum ColumnOrder: Hashable, Sendable {
    /// As the column's type says: numbers by value, text by unsigned bytes.
    case byType
    /// Another, by its field id in the union: bounds are of no use to us.
    case other(Int16)

    init(reading reader: inout CompactReader) throws(ParquetError) {
        var order = ColumnOrder.other(0)
        try reader.readStruct { (reader, header) throws(ParquetError) in
            order = header.id == 1 ? .byType : .other(header.id)
            try reader.skip(header)
        }
        self = order
    }

    func write(to writer: inout CompactWriter) {
        switch self {
        case .byType: writer.writeStruct(1) { _ in }
        case .other(let id): if id > 0 { writer.writeStruct(id) { _ in } }
        }
    }
}
