import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// Reads a base file from first row to last, in few requests: what is small is fetched whole, and of a file whose row groups
/// fit in memory each row group at once; of others, windows of each column.
final class BaseFileScan {
    let metadata: FileMetadata
    private let store: any ObjectStore
    private let path: ObjectPath
    private let groupLimit: Int64
    private var scan: ParquetScan
    /// A stretch of the file that is in memory.
    private var held: (start: Int64, bytes: Bytes)?

    /// How much of a file is fetched at once.
    struct Limits {
        /// Files up to this size: the whole file.
        var file: Int64
        /// Row groups up to this size: the whole row group.
        var rowGroup: Int64
        /// Otherwise, of a column.
        var window: Int
    }

    /// - Parameter columns: Names; nil = all of the file's.
    /// - Throws: ``TableError`` `corrupt` with path and offset, also where a column is missing.
    ///
    /// Cost: one request for the footer, two for a long one; one for each row group, or for each window of a column. None
    /// besides the first for a file that is fetched whole.
    static func open(_ file: BaseFile, of table: TableHandle, columns: [String]? = nil, limits: Limits) async throws -> BaseFileScan {
        let path = file.path(in: table)
        do {
            var held: (start: Int64, bytes: Bytes)?
            if file.size <= limits.file {
                held = (0, try await table.store.get(path, ranges: [0..<file.size])[0])
            }
            var decoder = FooterDecoder(fileSize: file.size)
            while true {
                switch try decoder.next() {
                case .needs(let ranges):
                    try decoder.supply(try await fetch(ranges, held, table.store, path))
                case .done(let metadata):
                    return try BaseFileScan(metadata, held, table.store, path, columns, limits)
                }
            }
        } catch {
            throw TableError(error, at: path, instant: file.instant)
        }
    }

    private init(
        _ metadata: FileMetadata, _ held: (start: Int64, bytes: Bytes)?, _ store: any ObjectStore, _ path: ObjectPath, _ columns: [String]?,
        _ limits: Limits
    ) throws {
        self.metadata = metadata
        self.held = held
        self.store = store
        self.path = path
        groupLimit = columns == nil ? limits.rowGroup : 0
        let schema = metadata.schema
        let positions = try columns?.map { name in
            guard let index = schema.index(of: name) else { throw TableError(.corrupt, "a base file without the column \(name)") }
            return index
        }
        var options = ScanOptions()
        options.fetchBytes = limits.window
        scan = ParquetScan(metadata: metadata, columns: positions?.sorted(), options: options)
    }

    /// The next rows and the position of the first one; nil at the end.
    func next() async throws -> (rows: RecordBatch, firstRow: Int64)? {
        do {
            while true {
                switch try scan.next() {
                case .needs(let ranges):
                    try await holdRowGroup(at: ranges)
                    try scan.supply(try await Self.fetch(ranges, held, store, path))
                case .done(let batch): return batch.map { ($0, scan.firstRow) }
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }

    private func holdRowGroup(at ranges: [Range<Int64>]) async throws {
        guard let first = ranges.map(\.lowerBound).min() else { return }
        if let held, held.start <= first, first < held.start + Int64(held.bytes.count) { return }
        held = nil
        for group in metadata.rowGroups {
            let span = group.byteRange
            guard span.contains(first) else { continue }
            guard Int64(span.count) <= groupLimit else { return }
            held = (span.lowerBound, try await store.get(path, ranges: [span])[0])
            return
        }
    }

    private static func fetch(
        _ ranges: [Range<Int64>], _ held: (start: Int64, bytes: Bytes)?, _ store: any ObjectStore, _ path: ObjectPath
    ) async throws -> [Bytes] {
        guard let held else { return try await store.get(path, ranges: ranges) }
        let end = held.start + Int64(held.bytes.count)
        guard ranges.allSatisfy({ $0.lowerBound >= held.start && $0.upperBound <= end }) else {
            return try await store.get(path, ranges: ranges)
        }
        return ranges.map { held.bytes[Int($0.lowerBound - held.start)..<Int($0.upperBound - held.start)] }
    }
}

extension RowGroup {
    /// Where its column chunks lie.
    fileprivate var byteRange: Range<Int64> {
        let start = columns.map(\.startOffset).min() ?? 0
        return start..<max(start, columns.map { $0.startOffset + $0.compressedByteCount }.max() ?? 0)
    }
}
