package import TarnBase
package import TarnColumns

/// Writes one Parquet file, without I/O: batches in, the file's bytes out in their order.
///
///     "PAR1" · row groups · indexes · footer · footer length (4 bytes) · "PAR1"
///     row group := for each leaf: [dictionary page] data pages; bloom filters      pages of version 1, each with its CRC-32
///
/// Memory: the encoded pages of the open row group (``ParquetWriteOptions/rowGroupBytes``), and for each leaf one page before
/// compression and one dictionary. Nothing of a batch is kept but, for a dictionary column, its dictionary until the next
/// comes. The bytes are a function of schema, options and rows; how rows were cut into batches may move the borders of
/// pages.
///
/// After a thrown error the writer is of no use any more.
package final class ParquetFileWriter {
    package let schema: Schema
    package let options: ParquetWriteOptions

    let tree: SchemaTree
    let columns: [ColumnWriter]
    private var rowGroups: [RowGroup] = []
    /// Of each chunk of each row group: what goes behind the last one.
    private var indexes: [[ChunkIndexes]] = []
    private var indexByteCount: Int64 = 0
    private var output: [Bytes]
    var groupRowCount: Int64 = 0
    private(set) var isFinished = false

    /// Rows appended so far.
    package var rowCount: Int64 { closedRowCount + groupRowCount }
    private var closedRowCount: Int64 = 0
    /// Bytes produced so far, taken or not: the file's length once finished.
    package private(set) var writtenBytes: Int64

    private let hints: [(key: String, value: String)]
    private static let magic = Bytes("PAR1")
    /// One a task.
    var pageEncoders: [PageEncoder]

    /// - Throws: ``ParquetError`` of kind `unsupported` for a schema that Parquet cannot hold (a struct without members), for options
    ///   that name a column the schema does not have or ask of one what its type cannot give, and for a hint that has no word for a type.
    package init(schema: Schema, options: ParquetWriteOptions = ParquetWriteOptions()) throws(ParquetError) {
        precondition(options.pageRows > 0 && options.pageBytes > 0 && options.rowGroupRows > 0 && options.rowGroupBytes > 0)
        self.schema = schema
        self.options = options
        tree = try SchemaTree(writing: schema, rootName: options.rootName)
        try options.check(against: tree)
        hints = try options.schemaHints.entries(for: schema)
        columns = tree.leaves.map { ColumnWriter($0, options: options) }
        pageEncoders = [PageEncoder(codec: options.codec, writesChecksums: options.writesChecksums)]
        output = [ParquetFileWriter.magic]
        writtenBytes = Int64(ParquetFileWriter.magic.count)
    }

    /// The file's length if it were finished now, footer included, key-value metadata not. Within about 20% once a few pages
    /// were compressed, and already near it after the first KiB of a column.
    package var estimatedBytes: Int64 { writtenBytes + Int64(groupEstimate) + footerEstimate }

    /// An estimate can cost trial compressions: it is made only where the bytes before compression reach the limit.
    var isRowGroupFull: Bool { groupRawBytes >= options.rowGroupBytes && groupEstimate >= options.rowGroupBytes }

    /// What is held of rows: encoded pages, open ones, dictionaries. Spare room of buffers is not counted.
    package var heldByteCount: Int { groupRawBytes + output.reduce(0) { $0 + $1.count } }

    /// Never less once pages are compressed whose compression was put off.
    var groupRawBytes: Int { columns.reduce(0) { $0 + $1.rawByteCount } }

    /// As ``estimatedBytes`` with open pages at their size before compression, which costs nothing to tell: compression
    /// makes them hardly larger ever, and mostly a third.
    package var uncompressedBytes: Int64 { writtenBytes + Int64(groupRowCount == 0 ? 0 : groupRawBytes) + footerEstimate }

    private var groupEstimate: Int {
        groupRowCount == 0 ? 0 : columns.reduce(0) { $0 + $1.estimatedByteCount(pageEncoders[0]) }
    }

    private var footerEstimate: Int64 {
        isFinished ? 0 : indexByteCount + Int64(tree.elements.count * 30 + 60 + rowGroups.count * columns.count * 160)
    }

    /// Closes the open row group, if it has rows; their pages are in what ``takeOutput()`` returns next.
    package func endRowGroup() throws(ParquetError) {
        guard groupRowCount > 0 else { return }
        let rowCount = groupRowCount
        groupRowCount = 0
        try add(rowCount: rowCount) { (leaf, offset) throws(ParquetError) in try endChunk(leaf, at: offset) }
    }

    /// The chunk of what was appended to a leaf, which lies in the file from `offset` on.
    func endChunk(_ leaf: Int, at offset: Int64) throws(ParquetError) -> FinishedChunk {
        try columns[leaf].endPages(work)
        return columns[leaf].endChunk(at: offset)
    }

    /// How pages are made where no other task helps.
    var work: PageWork { PageWork(encoder: pageEncoders[0], defersCompression: false) }

    /// A row group of the chunks that `chunk` gives, one a leaf in their order.
    ///
    /// - Parameter chunk: Of the leaf; its pages lie in the file from the offset on.
    func add(rowCount: Int64, _ chunk: (_ leaf: Int, _ offset: Int64) throws(ParquetError) -> FinishedChunk) throws(ParquetError) {
        let start = writtenBytes
        var group = RowGroup(columns: [], rowCount: rowCount)
        var behind: [ChunkIndexes] = []
        for leaf in columns.indices {
            let finished = try chunk(leaf, writtenBytes)
            emit(finished.pages)
            group.columns.append(finished.metadata)
            group.byteCount += finished.metadata.uncompressedByteCount
            behind.append(finished.indexes)
        }
        group.fileOffset = start
        group.compressedByteCount = writtenBytes - start
        group.ordinal = Int16(exactly: rowGroups.count)
        group.sortingColumns = options.sortingColumns
        for leaf in behind.indices {
            (group.columns[leaf].bloomFilterOffset, group.columns[leaf].bloomFilterByteCount) = place(behind[leaf].bloomFilter)
            behind[leaf].bloomFilter = nil
            indexByteCount += Int64((behind[leaf].columnIndex?.count ?? 0) + (behind[leaf].offsetIndex?.count ?? 0))
        }
        rowGroups.append(group)
        indexes.append(behind)
        closedRowCount += rowCount
    }

    /// The indexes of all pages: first what is in them, then where they lie.
    ///
    /// Specification: Parquet, *PageIndex*.
    private func endIndexes() {
        for (group, chunks) in indexes.enumerated() {
            for (leaf, chunk) in chunks.enumerated() {
                let (offset, byteCount) = place(chunk.columnIndex)
                rowGroups[group].columns[leaf].columnIndexOffset = offset
                rowGroups[group].columns[leaf].columnIndexByteCount = byteCount
            }
        }
        for (group, chunks) in indexes.enumerated() {
            for (leaf, chunk) in chunks.enumerated() {
                let (offset, byteCount) = place(chunk.offsetIndex)
                rowGroups[group].columns[leaf].offsetIndexOffset = offset
                rowGroups[group].columns[leaf].offsetIndexByteCount = byteCount
            }
        }
        indexes = []
        indexByteCount = 0
    }

    /// What is nil, or too long for the footer to say, is left out: readers do without.
    private func place(_ bytes: Bytes?) -> (offset: Int64?, byteCount: Int32?) {
        guard let bytes, let count = Int32(exactly: bytes.count) else { return (nil, nil) }
        defer { emit([bytes]) }
        return (writtenBytes, count)
    }

    private func emit(_ bytes: [Bytes]) {
        output.append(contentsOf: bytes)
        for piece in bytes { writtenBytes += Int64(piece.count) }
    }

    /// The bytes that are complete and were not taken before, in the order of the file.
    package func takeOutput() -> [Bytes] {
        let taken = output
        output = []
        return taken
    }

    /// Closes the file: the rest of its bytes, after those taken before. A file without rows has no row groups.
    package func finish(keyValueMetadata: [(key: String, value: String)] = []) throws(ParquetError) -> [Bytes] {
        precondition(!isFinished, "the file is finished")
        try endRowGroup()
        return try finishFooter(keyValueMetadata)
    }

    /// The rest of the file, whose row groups are complete.
    func finishFooter(_ keyValueMetadata: [(key: String, value: String)]) throws(ParquetError) -> [Bytes] {
        endIndexes()
        let footer = metadata(keyValueMetadata).encoded()
        guard let footerByteCount = UInt32(exactly: footer.count) else { throw .unsupported("a footer of \(footer.count) bytes") }
        var tail = ByteBuilder(capacity: 8)
        tail.append(littleEndian: footerByteCount)
        tail.append(ParquetFileWriter.magic)
        emit([footer, tail.finish()])
        isFinished = true
        return takeOutput()
    }

    /// What the footer says of the row groups that are complete.
    package func metadata(_ keyValueMetadata: [(key: String, value: String)] = []) -> FileMetadata {
        var metadata = FileMetadata(tree: tree, rowGroups: rowGroups)
        metadata.keyValueMetadata = (hints + keyValueMetadata).map { KeyValue($0.key, $0.value) }
        metadata.createdBy = options.createdBy
        metadata.columnOrders = tree.leaves.map { _ in .byType }
        return metadata
    }
}
