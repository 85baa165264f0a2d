package import TarnBase
package import TarnColumns
import TarnParquet

/// Reads the rows of file slices: the base file streamed, what its logs say merged into it (hudi-format §5.4, §7).
///
/// Memory: the logs' rows that count, in the columns wanted, and as many superseded ones at most; beyond `budget` for
/// one slice a typed `unsupported`. The base file costs what ``BaseFileReader`` says.
package struct FileSliceReader: Sendable {
    package let table: TableHandle
    /// The columns of the batches.
    package let schema: Schema
    private let reading: Schema
    private let rule: MergeRule
    private let visibility: LogVisibility
    private let deleteMark: String?
    private let budget: ByteCount
    private static let batchRows = 8192
    /// How much content that came along with block headers is kept, so that small logs are read once.
    private static let keptContentBytes = 32 << 20

    /// - Parameters:
    ///   - schema: The columns wanted, meta fields among them.
    ///   - table: All columns of the table: merging needs key, ordering field and delete mark, wanted or not.
    /// - Throws: ``TableError`` `unsupported` when the ordering field is no column.
    package init(
        _ handle: TableHandle, schema: Schema, of table: Schema, rule: MergeRule, visibility: LogVisibility, budget: ByteCount = .mebibytes(512)
    ) throws(TableError) {
        self.table = handle
        self.schema = schema
        self.rule = rule
        self.visibility = visibility
        self.budget = budget
        deleteMark = table[MetaFields.deleteMark].flatMap { $0.type == .boolean ? $0.name : nil }
        var fields = schema.fields
        for name in [MetaFields.recordKey, rule.orderingField, deleteMark].compactMap({ $0 }) where !fields.contains(where: { $0.name == name }) {
            guard let field = MetaFields.schema(inFrontOf: table)[name] else {
                throw TableError(.unsupported, "merging by '\(name)', which is no column of the table")
            }
            fields.append(field)
        }
        reading = Schema(fields)
    }

    package func rows(of slice: FileSlice) -> Rows { Rows(reader: self, slice: slice) }

    package struct Rows: AsyncSequence, Sendable {
        package typealias Element = RecordBatch
        fileprivate let reader: FileSliceReader
        fileprivate let slice: FileSlice

        package func makeAsyncIterator() -> Iterator { Iterator(reader: reader, slice: slice) }
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let reader: FileSliceReader
        private let slice: FileSlice
        private var isOpen = false
        private var stored: BaseFileReader.Rows.Iterator?
        private var log: LogResult?
        /// What the logs added, once the base file is through.
        private var inserts: ArraySlice<RecordBatch>?

        fileprivate init(reader: FileSliceReader, slice: FileSlice) {
            self.reader = reader
            self.slice = slice
        }

        /// The next batch, which may be empty; nil at the end. Throws ``TableError``.
        package mutating func next() async throws -> RecordBatch? {
            if !isOpen { try await open() }
            if let chunk = try await stored?.next() {
                return try reader.wanted(try merged(chunk.batch))
            }
            stored = nil
            if inserts == nil { inserts = (log?.inserts(batchRows: FileSliceReader.batchRows) ?? [])[...] }
            return try inserts?.popFirst().map { try reader.wanted($0) }
        }

        private mutating func merged(_ stored: RecordBatch) throws(TableError) -> RecordBatch {
            do { return try log?.merge(stored) ?? stored } catch { throw error.located(at: slice.logFiles.first?.path(in: reader.table)) }
        }

        private mutating func open() async throws {
            isOpen = true
            if !slice.logFiles.isEmpty { log = try await reader.mergedLog(of: slice) }
            guard let file = slice.baseFile else { return }
            let base = try await BaseFileReader.open(file.path(in: reader.table), size: file.size, in: reader.table.store)
            stored = base.rows(as: log == nil ? reader.schema : reader.reading).makeAsyncIterator()
        }
    }

    private func wanted(_ batch: RecordBatch) throws -> RecordBatch {
        do { return try batch.adapted(to: schema) } catch { throw TableError(error) }
    }

    private func mergedLog(of slice: FileSlice) async throws -> LogResult {
        var merged = MergedLog(rule: rule, hash: KeyHash(seed: table.runtime.random.next()), budget: budget)
        for block in try await blocks(of: slice) {
            if block.type == .delete {
                merged.add(try await DeleteBlock.keys(of: block, in: table.store))
            } else {
                var rows = try await DataBlock.open(block, as: reading, in: table.store, batchRows: FileSliceReader.batchRows)
                while let batch = try await rows.next() { try merged.add(batch, of: block) }
            }
        }
        return try merged.finish(deleteMark: deleteMark)
    }

    /// The blocks that count: a later one may undo an earlier one, so that all headers are read first.
    private func blocks(of slice: FileSlice) async throws -> [LogBlock] {
        var folding = BlockFolding(visibility)
        var kept = 0
        for file in slice.logFiles {
            var reader = LogReader(file, in: table)
            while var block = try await reader.next() {
                kept += block.contentBytes?.count ?? 0
                if kept > FileSliceReader.keptContentBytes { block.contentBytes = nil }
                folding.add(block)
            }
        }
        return folding.survivors
    }
}
