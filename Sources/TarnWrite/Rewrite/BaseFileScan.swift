import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// Reads a base file from first row to last, in few requests: what is small is fetched whole, and of a file whose row groups
/// fit in memory each row group at once; of others, windows of each column.
final class BaseFileScan {
    let metadata: FileMetadata
    private let path: ObjectPath
    private let groupLimit: Int64
    private var object: HeldObject
    private var scan: ParquetScan

    /// How much of a file is fetched at once.
    struct Limits {
        /// Files up to this size: the whole file.
        var file: Int64
        /// Row groups up to this size: the whole row group.
        var rowGroup: Int64
        /// Otherwise, of a column.
        var window: Int
    }

    /// - Throws: ``TableError`` `corrupt` with path and offset.
    ///
    /// Cost: one request for the footer, two for a long one; one for each row group, or for each window of a column. None
    /// besides the first for a file that is fetched whole.
    static func open(_ file: BaseFile, of table: TableHandle, limits: Limits) async throws -> BaseFileScan {
        let path = file.path(in: table)
        do {
            var object = HeldObject(path, in: table.store)
            if file.size <= limits.file { try await object.hold(0..<file.size) }
            var decoder = FooterDecoder(fileSize: file.size)
            while true {
                switch try decoder.next() {
                case .needs(let ranges): try decoder.supply(try await object.get(ranges))
                case .done(let metadata): return BaseFileScan(metadata, object, path, limits)
                }
            }
        } catch {
            throw TableError(error, at: path, instant: file.instant)
        }
    }

    private init(_ metadata: FileMetadata, _ object: HeldObject, _ path: ObjectPath, _ limits: Limits) {
        self.metadata = metadata
        self.object = object
        self.path = path
        groupLimit = limits.rowGroup
        var options = ScanOptions()
        options.fetchBytes = limits.window
        scan = ParquetScan(metadata: metadata, options: options)
    }

    /// The next rows and the position of the first one; nil at the end.
    func next() async throws -> (rows: RecordBatch, firstRow: Int64)? {
        do {
            while true {
                switch try scan.next() {
                case .needs(let ranges):
                    try await holdRowGroup(at: ranges)
                    try scan.supply(try await object.get(ranges))
                case .done(let batch): return batch.map { ($0, scan.firstRow) }
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }

    private func holdRowGroup(at ranges: [Range<Int64>]) async throws {
        guard let first = ranges.map(\.lowerBound).min(), !object.range.contains(first) else { return }
        object.letGo()
        for group in metadata.rowGroups {
            let span = group.byteRange
            guard span.contains(first) else { continue }
            if Int64(span.count) <= groupLimit { try await object.hold(span) }
            return
        }
    }
}

extension RowGroup {
    /// Where its column chunks lie.
    fileprivate var byteRange: Range<Int64> {
        let ranges = columns.map(\.byteRange)
        let start = ranges.map(\.lowerBound).min() ?? 0
        return start..<max(start, ranges.map(\.upperBound).max() ?? 0)
    }
}
