import TarnBase
package import TarnColumns
package import TarnParquet
package import TarnStorage

/// A Parquet file in a store, its footer read: a base file, or a file of rows to be written.
///
/// A value; several scans of one reader do not disturb each other.
package struct BaseFileReader: Sendable {
    package let path: ObjectPath
    package let size: Int64
    package let metadata: FileMetadata
    private let store: any ObjectStore

    /// Reads the footer.
    ///
    /// - Parameters:
    ///   - size: As a listing told it; nil asks the store.
    ///   - refusesUnreadableColumns: Whether a file is `unsupported` that has a column which cannot be read, or not by its name
    ///     alone; else only the reading of such a column is.
    /// - Throws: ``TableError``: `corrupt` with path and offset, `unsupported` for encrypted files, `notFound`.
    ///
    /// Cost: one request, a second for a footer longer than 64 KiB, and one more without `size`.
    package static func open(
        _ path: ObjectPath, size: Int64? = nil, in store: any ObjectStore, limits: ReadLimits = .default, refusesUnreadableColumns: Bool = true
    ) async throws -> BaseFileReader {
        do {
            var known = size ?? 0
            if size == nil { known = try await store.info(path).size }
            var decoder = FooterDecoder(fileSize: known, limits: limits, refusesUnreadableColumns: refusesUnreadableColumns)
            while true {
                switch try decoder.next() {
                case .needs(let ranges): try decoder.supply(try await store.get(path, ranges: ranges))
                case .done(let metadata): return BaseFileReader(path: path, size: known, metadata: metadata, store: store)
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// The same for one who asks for no keys: see ``FileMetadata/withoutKeyFilter()``.
    package func withoutKeyFilter() -> BaseFileReader { with(metadata.withoutKeyFilter()) }

    /// See ``FileMetadata/readingInt96AsNanoseconds()``.
    package func readingInt96AsNanoseconds() throws(TableError) -> BaseFileReader {
        do { return with(try metadata.readingInt96AsNanoseconds()) } catch { throw TableError(error, at: path) }
    }

    /// The same file with other columns, or more of them.
    func with(_ metadata: FileMetadata) -> BaseFileReader { BaseFileReader(path: path, size: size, metadata: metadata, store: store) }

    private init(path: ObjectPath, size: Int64, metadata: FileMetadata, store: any ObjectStore) {
        self.path = path
        self.size = size
        self.metadata = metadata
        self.store = store
    }

    /// The bytes of these ranges of the file.
    func read(_ ranges: [Range<Int64>]) async throws -> [Bytes] { try await store.get(path, ranges: ranges) }

    /// What went wrong while rows were read, as an error about this file.
    func located(_ error: any Error) -> any Error {
        switch error {
        case let error as ColumnError:
            TableError(error.code == .unsupported ? .unsupported : .corrupt, "the file does not fit the table's schema: \(error.message)", at: path)
        case is CancellationError: error
        default: TableError(error, at: path)
        }
    }

    package var rowCount: Int64 { metadata.rowCount }
    /// The file's columns, meta fields and all, as far as they can be read by name.
    package var schema: Schema { metadata.schema }

    /// The file's rows, in order, in the columns of `schema`: found by name, cast where a safe promotion lies between, null
    /// where the file is older than the column. Of structs only the members that `schema` has are read.
    ///
    /// Memory: that of ``ParquetScan``. Cost: a request for each window of each column read, neighbours joined.
    ///
    /// - Parameters:
    ///   - schema: nil for all columns as the file has them.
    ///   - rowGroups: Positions in the footer; nil for all.
    ///   - tasks: Columns are decoded side by side in up to so many tasks. The rows are the same; batches may be cut elsewhere.
    package func rows(as schema: Schema? = nil, rowGroups: [Int]? = nil, options: ScanOptions = ScanOptions(), tasks: Int = 1) -> Rows {
        Rows(reader: self, target: schema, rowGroups: rowGroups, options: options, tasks: tasks)
    }

    /// A run of rows, and where in the file the first one is (counted from the first row read where no column is).
    package struct Chunk: Sendable {
        package let batch: RecordBatch
        package let firstRow: Int64
    }

    package struct Rows: AsyncSequence, Sendable {
        package typealias Element = Chunk

        fileprivate let reader: BaseFileReader
        fileprivate let target: Schema?
        fileprivate let rowGroups: [Int]?
        fileprivate let options: ScanOptions
        fileprivate let tasks: Int

        package func makeAsyncIterator() -> Iterator { Iterator(self) }

        package struct Iterator: AsyncIteratorProtocol {
            private let rows: Rows
            private var lanes: ColumnLanes
            /// Rows without columns, still to be given out, when no column of the file is wanted.
            private var bareRowsLeft: Int64
            private var nextBareRow: Int64 = 0
            private let readsColumns: Bool
            /// Why what is wanted cannot be read.
            private let refusal: ParquetError?

            fileprivate init(_ rows: Rows) {
                self.rows = rows
                let metadata = rows.target.map { rows.reader.metadata.narrowed(to: $0) } ?? rows.reader.metadata
                let present = metadata.schema
                let columns = present.fields.indices.filter { index in rows.target.map { $0[present.fields[index].name] != nil } ?? true }
                readsColumns = rows.target == nil || !columns.isEmpty
                let tree = rows.reader.metadata.tree
                refusal = rows.target.map { $0.names.lazy.compactMap { tree.refusal(of: $0) }.first } ?? tree.refusal
                lanes = ColumnLanes(metadata, columns: columns, rowGroups: rows.rowGroups, options: rows.options, tasks: rows.tasks)
                let groups = rows.reader.metadata.rowGroups
                bareRowsLeft = (rows.rowGroups ?? Array(groups.indices)).reduce(0) { $0 + groups[$1].rowCount }
            }

            /// What is held of the file: windows, open pages, dictionaries.
            package var heldByteCount: Int { lanes.heldByteCount }

            package mutating func next() async throws -> Chunk? {
                do {
                    if let refusal { throw refusal }
                    return readsColumns ? try await scanned() : try bare()
                } catch { throw rows.reader.located(error) }
            }

            private mutating func scanned() async throws -> Chunk? {
                guard let chunk = try await lanes.next(from: rows.reader) else { return nil }
                guard let target = rows.target else { return chunk }
                return Chunk(batch: try chunk.batch.adapted(to: target), firstRow: chunk.firstRow)
            }

            private mutating func bare() throws -> Chunk? {
                guard bareRowsLeft > 0, let target = rows.target else { return nil }
                let count = Int(Swift.min(bareRowsLeft, Int64(rows.options.batchRows)))
                let empty = RecordBatch(schema: Schema([]), columns: [], rowCount: count)
                bareRowsLeft -= Int64(count)
                defer { nextBareRow += Int64(count) }
                return Chunk(batch: try empty.adapted(to: target), firstRow: nextBareRow)
            }
        }
    }
}
