package import TarnBase
package import TarnColumns

/// Reads a file's rows in batches, without I/O of its own.
///
/// ```swift
/// var scan = try ParquetScan(metadata: metadata, columns: [0, 3])
/// while true {
///     switch try scan.next() {
///     case .needs(let ranges): try scan.supply(await read(ranges))
///     case .done(let batch?): use(batch, rows: scan.rowRange)
///     case .done(nil): return
///     }
/// }
/// ```
///
/// Memory: of each column a window of ``ScanOptions/fetchBytes``, the pages the current batch lies in, and the dictionary of
/// the chunk, however large the row group is. Batches keep alive the pages their text lies in.
///
/// Columns of text and bytes whose pages are dictionary-encoded come as codes into the chunk's dictionary; all batches of a
/// row group share it. A batch that reaches from such pages into others comes as views.
package struct ParquetScan {
    /// The projected columns, in the order of the file.
    package let schema: Schema
    /// Which rows of the file the batch holds that ``next()`` returned last.
    package private(set) var rowRange: Range<Int64> = 0..<0

    private let metadata: FileMetadata
    private let options: ScanOptions
    private let fields: [SchemaField]
    private let rowGroupFirstRows: [Int64]
    /// Row groups still to be read, in order.
    private var rowGroups: ArraySlice<Int>
    private var leaves = LeafReaders()
    private var rowGroupRowsLeft: Int64 = 0
    private var nextRow: Int64 = 0
    /// Which readers the ranges asked for last belong to.
    private var waiting: [(reader: Int, range: Range<Int64>)] = []
    private var decompressors = Decompressors()

    /// - Parameters:
    ///   - columns: Positions in `metadata.schema.fields`, rising; nil for all.
    ///   - rowGroups: Positions in `metadata.rowGroups`, in the order they are to be read; nil for all.
    package init(
        metadata: FileMetadata, columns: [Int]? = nil, rowGroups: [Int]? = nil, options: ScanOptions = ScanOptions()
    ) {
        self.metadata = metadata
        self.options = options
        fields = (columns ?? Array(metadata.tree.fields.indices)).map { metadata.tree.fields[$0] }
        schema = Schema(fields.map(\.field))
        self.rowGroups = (rowGroups ?? Array(metadata.rowGroups.indices))[...]
        var firstRows: [Int64] = []
        var row: Int64 = 0
        for group in metadata.rowGroups {
            firstRows.append(row)
            row += group.rowCount
        }
        rowGroupFirstRows = firstRows
    }

    /// The position in the file of the first row of the batch returned last.
    package var firstRow: Int64 { rowRange.lowerBound }

    /// What is held of the row group: windows, pages as they were decompressed, dictionaries.
    package var heldByteCount: Int { leaves.heldByteCount }

    /// Bytes of pages and dictionaries that were decompressed, or taken as they are where nothing is compressed.
    package var decompressedByteCount: Int64 { decompressors.work.decompressedByteCount }

    /// Takes the bytes of the ranges that ``next()`` asked for last, in their order.
    package mutating func supply(_ chunks: [Bytes]) throws(ParquetError) {
        precondition(chunks.count == waiting.count, "\(waiting.count) ranges were asked for")
        for (chunk, (reader, range)) in zip(chunks, waiting) {
            guard chunk.count == range.count else {
                let error = ParquetError.truncated("\(chunk.count) of \(range.count) bytes were read", at: Int(range.lowerBound))
                throw error.placed(at: 0, column: leaves.readers[reader].leaf.name)
            }
            leaves.readers[reader].supply(chunk)
        }
        waiting = []
    }

    /// The next batch, or what of the file is needed for it; nil after the last one.
    package mutating func next() throws(ParquetError) -> DecodingStep<RecordBatch?> {
        precondition(waiting.isEmpty, "the ranges asked for were not supplied")
        while rowGroupRowsLeft == 0 {
            for reader in leaves.readers where !reader.isExhausted {
                throw ParquetError(.malformed, "the column has more rows than its row group", column: reader.leaf.name)
            }
            guard let index = rowGroups.popFirst() else { return .done(nil) }
            try open(rowGroup: index)
        }
        var rows = Int(min(Int64(options.batchRows), rowGroupRowsLeft))
        for index in leaves.readers.indices {
            switch try leaves.readers[index].prepare(rows) {
            case .needs(let range): waiting.append((index, range))
            case .ready(let ready): rows = min(rows, ready)
            }
        }
        guard waiting.isEmpty else { return .needs(waiting.map(\.range)) }
        return .done(try read(rows))
    }

    private mutating func open(rowGroup index: Int) throws(ParquetError) {
        let group = metadata.rowGroups[index]
        var opened = LeafReaders(rowGroup: index)
        for field in fields {
            for leaf in field.leaves {
                let column = metadata.tree.leaves[leaf]
                let chunk = group.columns[leaf]
                let decompressor = try decompressors.decompressor(chunk.codec, column)
                opened.readers.append(try LeafReader(column, chunk, options: options, decompressor: decompressor))
            }
        }
        leaves = opened
        rowGroupRowsLeft = group.rowCount
        nextRow = rowGroupFirstRows[index]
    }

    private mutating func read(_ rows: Int) throws(ParquetError) -> RecordBatch {
        let columns = try leaves.read(rows, fields)
        rowRange = nextRow..<(nextRow + Int64(rows))
        nextRow += Int64(rows)
        rowGroupRowsLeft -= Int64(rows)
        return RecordBatch(schema: schema, columns: columns, rowCount: rows)
    }
}
