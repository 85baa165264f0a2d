import TarnBase
package import TarnColumns
import TarnParquet
import TarnStorage

/// Reads the rows of file slices: the base file streamed, what its logs say merged into it (hudi-format §5.4, §7).
///
/// Stored rows keep their order, changed ones take the place of those they replace, new ones follow in the order of their
/// first log record. Where the logs hold more keys than memory, that is so for one ``KeyPart`` after the other.
///
/// Memory: what ``MergeMemory`` gives the logs; the base file costs what ``BaseFileReader`` says. Cost: that of reading the
/// logs and the base file once; as often as there are parts where the keys of the logs do not fit.
package struct FileSliceReader: Sendable {
    package let table: TableHandle
    /// The columns of the batches.
    package let schema: Schema
    let reading: Schema
    let rule: MergeRule
    let visibility: LogVisibility
    let deleteMark: String?
    let memory: MergeMemory
    static let batchRows = 8192

    /// - Parameters:
    ///   - schema: The columns wanted, meta fields among them.
    ///   - table: All columns of the table: merging needs key, ordering field and delete mark, wanted or not.
    ///   - memory: nil: 512 MiB for the logs, and the system's folder for scratch files.
    /// - Throws: ``TableError`` `unsupported` when the ordering field is no column.
    package init(
        _ handle: TableHandle, schema: Schema, of table: Schema, rule: MergeRule, visibility: LogVisibility, memory: MergeMemory? = nil
    ) throws(TableError) {
        self.table = handle
        self.schema = schema
        self.rule = rule
        self.visibility = visibility
        self.memory = memory ?? MergeMemory(scratch: ScratchSpace(runtime: handle.runtime))
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

        package func makeAsyncIterator() -> Iterator { Iterator(reader, slice) }
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let reader: FileSliceReader
        private let slice: FileSlice
        /// Shares of the keys still to be merged, the next one last.
        private var parts = [KeyPart.whole]
        private var isOpen = false
        private var base: BaseFileReader?
        private var blocks: [LogBlock]?
        private var stored: BaseFileReader.Rows.Iterator?
        private var log: LogResult?
        private let hold: MemoryHold
        /// Of the parts that are done.
        private var done = MergeCounts()

        fileprivate init(_ reader: FileSliceReader, _ slice: FileSlice) {
            self.reader = reader
            self.slice = slice
            hold = MemoryHold(reader.memory.budget)
        }

        /// How many rows the footer of the base file tells; known with the first batch.
        package var baseRowCount: Int64 { base?.rowCount ?? 0 }

        /// What was met and done so far; final once all rows were read.
        package var counts: MergeCounts {
            var counts = done
            if let log { counts.add(log.counts) }
            return counts
        }

        /// The next batch, which may be empty; nil at the end. Throws ``TableError``.
        package mutating func next() async throws -> RecordBatch? {
            while true {
                if !isOpen {
                    guard let part = parts.popLast() else { return nil }
                    guard try await open(part) else { continue }
                }
                if let chunk = try await stored?.next() {
                    hold.update(to: (stored?.heldByteCount ?? 0) + contentBytes)
                    if let merged = try merged(chunk.batch) { return try reader.wanted(merged) }
                    done.storedRows += Int64(chunk.batch.rowCount)
                    return try reader.wanted(chunk.batch)
                }
                stored = nil
                hold.update(to: contentBytes)
                if let batch = try log?.inserts() { return try reader.wanted(batch) }
                if let log { done.add(log.counts) }
                log = nil
                isOpen = false
            }
        }

        /// nil without logs.
        private mutating func merged(_ stored: RecordBatch) throws(TableError) -> RecordBatch? {
            do { return try log?.merge(stored) } catch { throw error.located(at: slice.logFiles.first?.path(in: reader.table)) }
        }

        /// - Returns: false when the part had to be divided.
        private mutating func open(_ part: KeyPart) async throws -> Bool {
            // Before the logs take their memory: decoding a footer takes several times what is kept of it.
            if base == nil, let file = slice.baseFile { base = try await BaseFileReader.open(file, in: reader.table).withoutKeyFilter() }
            if !slice.logFiles.isEmpty {
                if blocks == nil {
                    blocks = try await reader.blocks(of: slice)
                    done.logBlocks = Int64(blocks?.count ?? 0)
                }
                guard let merged = try await reader.merge(blocks ?? [], part) else {
                    guard let halves = part.halves else {
                        throw TableError(
                            .unsupported, "merging a file slice whose logs hold more keys than \(reader.memory.logs) of memory can take",
                            at: slice.logFiles[0].path(in: reader.table))
                    }
                    parts += halves.reversed()
                    return false
                }
                log = merged
                if parts.isEmpty { blocks = [] }
            }
            isOpen = true
            let schema = log == nil ? reader.schema : reader.reading
            let options = reader.memory.scanOptions(leafCount: schema.fields.leafCount, batchRows: FileSliceReader.batchRows)
            stored = base?.rows(as: schema, options: options).makeAsyncIterator()
            return true
        }

        private var contentBytes: Int { blocks?.keptByteCount ?? 0 }
    }

    fileprivate func wanted(_ batch: RecordBatch) throws -> RecordBatch {
        do { return try batch.adapted(to: schema) } catch { throw TableError(error) }
    }
}
