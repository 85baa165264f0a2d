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
    /// Where in the footer the list of row groups lies.
    private var rowGroupBytes = 0..<0

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
    ///
    /// Memory: `bytes` stay alive while a chunk does; see ``detach()``.
    package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
        guard bytes.count <= UInt32.max else { throw .limit("a footer of \(bytes.count) bytes") }
        let parts = try CompactReader.read(bytes, maximumDepth: limits.depth) { (reader) throws(ParquetError) in
            try Parts(reading: &reader, ChunkDetails(in: bytes))
        }
        self.init(tree: try SchemaTree(parts.elements, maximumDepth: limits.depth), rowGroups: [])
        version = parts.version
        rowCount = parts.rowCount
        rowGroups = parts.rowGroups
        keyValueMetadata = parts.keyValues
        createdBy = parts.createdBy
        columnOrders = parts.orders
        rowGroupBytes = parts.rowGroupBytes
        try validate()
    }

    /// The fields of the structure.
    private struct Parts {
        var version: Int32 = 1
        var elements: [SchemaElement] = []
        var rowCount: Int64 = 0
        var rowGroups: [RowGroup] = []
        var rowGroupBytes = 0..<0
        var keyValues: [KeyValue] = []
        var createdBy: String?
        var orders: [ColumnOrder] = []

        init(reading reader: inout CompactReader, _ footer: ChunkDetails) throws(ParquetError) {
            var last = try reader.enterStruct()
            while let field = try reader.nextField(&last) {
                switch field.id {
                case 1: version = try reader.readInt32(field)
                case 2: elements = try reader.readList(field, of: .structure) { (reader) throws(ParquetError) in try SchemaElement(reading: &reader) }
                case 3: rowCount = try reader.readCount(field)
                case 4:
                    let start = reader.offset
                    let leafCount = elements.count
                    rowGroups = try reader.readList(field, of: .structure) { (reader) throws(ParquetError) in
                        try RowGroup(reading: &reader, footer, leafCount: leafCount)
                    }
                    rowGroupBytes = start..<reader.offset
                case 5: keyValues = try KeyValue.readList(&reader, field)
                case 6: createdBy = try reader.readString(field)
                case 7: orders = try reader.readList(field, of: .structure) { (reader) throws(ParquetError) in try ColumnOrder(reading: &reader) }
                default: try reader.skip(field)
                }
            }
        }
    }

    /// Makes the chunks keep alive no more of the footer's bytes than the list of row groups: not what lies in one buffer with
    /// it, as the rest of the file, or filters among the key-values.
    ///
    /// Cost: one copy of those bytes.
    package mutating func detach() {
        guard let footer = rowGroups.lazy.flatMap(\.columns).first(where: { $0.details.values == nil })?.details else { return }
        let detached = footer.detached(rowGroupBytes)
        for group in rowGroups.indices {
            for column in rowGroups[group].columns.indices where rowGroups[group].columns[column].details === footer {
                rowGroups[group].columns[column].details = detached
            }
        }
    }

    private mutating func validate() throws(ParquetError) {
        var total: Int64 = 0
        for (index, group) in rowGroups.enumerated() {
            guard group.columns.count == tree.leaves.count else {
                throw .malformed("row group \(index) has \(group.columns.count) column chunks for \(tree.leaves.count) leaves")
            }
            for position in group.columns.indices where group.columns[position].physicalType != tree.leaves[position].physicalType {
                guard !group.columns[position].isEncrypted else { continue }
                let leaf = tree.leaves[position]
                throw ParquetError(.malformed, "row group \(index) holds \(group.columns[position].physicalType), not \(leaf.physicalType)", column: leaf.name)
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
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
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
