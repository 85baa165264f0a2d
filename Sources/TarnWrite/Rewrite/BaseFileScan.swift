import TarnBase
package import TarnColumns
package import TarnParquet
import TarnStorage
package import TarnTable

/// Reads a base file from first row to last, in few requests: what is small is fetched whole, of others as many row groups at
/// once as fit; of a row group that is too large, windows of each column.
package final class BaseFileScan {
    /// Without key filter.
    package let metadata: FileMetadata
    let path: ObjectPath
    let fileSize: Int64
    let options: ScanOptions
    private let fetchBytes: Int64
    private var object: HeldObject
    private var scan: ParquetScan

    /// - Parameter fetch: How many bytes of the file are fetched, and held, at once: of all columns where a row group is not
    ///   larger, else of each its share. Of files up to 8 MiB all, if it is not more.
    /// - Throws: ``TableError`` `corrupt` with path and offset.
    ///
    /// Cost: one request for a file that is fetched whole. Otherwise one for the footer, two for a long one, and one for each
    /// run of row groups; for each window of a column of row groups larger than `fetch`.
    package static func open(_ file: BaseFile, of table: TableHandle, fetch: Int) async throws -> BaseFileScan {
        let path = file.path(in: table)
        do {
            var object = HeldObject(path, in: table.store)
            if file.size > 0, file.size <= min(Int64(fetch), 8 << 20) { try await object.hold(0..<file.size) }
            var decoder = FooterDecoder(fileSize: file.size)
            while true {
                switch try decoder.next() {
                case .needs(let ranges): try decoder.supply(try await object.get(ranges))
                case .done(let metadata): return BaseFileScan(metadata.withoutKeyFilter(), object, path, size: file.size, fetch: fetch)
                }
            }
        } catch {
            throw TableError(error, at: path, instant: file.instant)
        }
    }

    private init(_ metadata: FileMetadata, _ object: HeldObject, _ path: ObjectPath, size: Int64, fetch: Int) {
        self.metadata = metadata
        self.object = object
        self.path = path
        fileSize = size
        fetchBytes = Int64(fetch)
        var options = ScanOptions()
        let share = fetch / max(1, metadata.tree.leaves.count)
        options.fetchBytes = max(64 << 10, share)
        options.batchBytes = min(options.batchBytes, max(256 << 10, share))
        self.options = options
        scan = ParquetScan(metadata: metadata, options: options)
    }

    /// What ``next()`` gives from now on: the rows of these row groups.
    package func restart(at rowGroups: Range<Int>) {
        scan = ParquetScan(metadata: metadata, rowGroups: Array(rowGroups), options: options)
    }

    /// The next rows and the position of the first one; nil at the end.
    package func next() async throws -> (rows: RecordBatch, firstRow: Int64)? {
        do {
            while true {
                switch try scan.next() {
                case .needs(let ranges): try scan.supply(try await get(ranges))
                case .done(let batch): return batch.map { ($0, scan.firstRow) }
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// Parts of the file, with the row group they belong to.
    func get(_ ranges: [Range<Int64>]) async throws -> [Bytes] {
        try await holdRowGroups(at: ranges)
        return try await object.get(ranges)
    }

    /// Fetches the row group that is asked for, and those behind it, as far as they fit.
    private func holdRowGroups(at ranges: [Range<Int64>]) async throws {
        guard let first = ranges.map(\.lowerBound).min(), !object.range.contains(first) else { return }
        object.letGo()
        guard let index = metadata.rowGroups.firstIndex(where: { $0.byteRange.contains(first) }) else { return }
        let start = metadata.rowGroups[index].byteRange.lowerBound
        var end = start
        for group in metadata.rowGroups[index...] {
            let range = group.byteRange
            guard range.lowerBound >= end, range.upperBound - start <= fetchBytes else { break }
            end = range.upperBound
        }
        if end > start { try await object.hold(start..<end) }
    }
}

extension RowGroup {
    /// Where its column chunks lie.
    package var byteRange: Range<Int64> {
        let ranges = columns.map(\.byteRange)
        let start = ranges.map(\.lowerBound).min() ?? 0
        return start..<max(start, ranges.map(\.upperBound).max() ?? 0)
    }
}
