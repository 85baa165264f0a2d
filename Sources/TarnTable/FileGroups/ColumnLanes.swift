import TarnColumns
import TarnParquet

/// A file's columns decoded side by side: each lane scans some of them, in a task of its own while it lacks rows.
///
/// Batches are those of one scan, but that a batch ends where any lane's does. Memory: that of one scan, and a batch a lane.
struct ColumnLanes {
    private let schema: Schema
    /// For each column of the batches, the lane it comes from and its place there.
    private let places: [(lane: Int, column: Int)]
    private var lanes: [Lane]

    /// - Parameters:
    ///   - columns: Positions in the file's schema, rising.
    ///   - tasks: Lanes are no more than these, and no more than columns.
    init(_ metadata: FileMetadata, columns: [Int], rowGroups: [Int]?, options: ScanOptions, tasks: Int) {
        let shares = ColumnLanes.shares(of: columns, in: metadata, tasks)
        schema = Schema(columns.map { metadata.schema.fields[$0] })
        places = shares.indices.flatMap { lane in shares[lane].indices.map { (lane: lane, column: $0) } }
            .sorted { shares[$0.lane][$0.column] < shares[$1.lane][$1.column] }
        lanes = shares.map { Lane(scan: ParquetScan(metadata: metadata, columns: $0, rowGroups: rowGroups, options: options)) }
    }

    var heldByteCount: Int { lanes.reduce(0) { $0 + $1.scan.heldByteCount } }

    /// The next batch that is not empty, and the row of the file it begins with.
    ///
    /// - Throws: What the first of the lanes that failed has thrown.
    mutating func next(from file: BaseFileReader) async throws -> BaseFileReader.Chunk? {
        try await advance(file)
        let counts = lanes.compactMap { $0.rows?.rowCount }
        guard counts.count == lanes.count, let count = counts.min() else {
            guard counts.isEmpty else { throw ParquetError(.malformed, "columns of one file differ in their rows") }
            return nil
        }
        let firstRow = lanes[0].firstRow
        let taken = lanes.indices.map { lanes[$0].take(count) }
        return BaseFileReader.Chunk(
            batch: RecordBatch(schema: schema, columns: places.map { taken[$0.lane][$0.column] }, rowCount: count), firstRow: firstRow)
    }

    private mutating func advance(_ file: BaseFileReader) async throws {
        let idle = lanes.indices.filter { lanes[$0].rows == nil }
        guard idle.count > 1 else {
            for index in idle { try await lanes[index].advance(file) }
            return
        }
        let outcomes = await withTaskGroup(of: (Int, Lane, (any Error)?).self) { group in
            for index in idle {
                let lane = lanes[index]
                group.addTask {
                    var lane = lane
                    do { try await lane.advance(file) } catch { return (index, lane, error) }
                    return (index, lane, nil)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (index, lane, _) in outcomes { lanes[index] = lane }
        if let error = outcomes.filter({ $0.2 != nil }).min(by: { $0.0 < $1.0 })?.2 { throw error }
    }

    /// The columns in as many shares as there are tasks, about equal in what they are once decompressed; each share rising.
    private static func shares(of columns: [Int], in metadata: FileMetadata, _ tasks: Int) -> [[Int]] {
        guard tasks > 1, columns.count > 1 else { return [columns] }
        let sizes = columns.map { column in
            metadata.rowGroups.reduce(Int64(0)) { sum, group in
                metadata.tree.fields[column].leaves.reduce(sum) { $0.addingReportingOverflow(group.columns[$1].uncompressedByteCount).partialValue }
            }
        }
        var shares = [(bytes: Int64, columns: [Int])](repeating: (0, []), count: min(tasks, columns.count))
        for index in columns.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
            // Of equals the one with fewer columns, so that none stays empty.
            guard let least = shares.indices.min(by: { (shares[$0].bytes, shares[$0].columns.count) < (shares[$1].bytes, shares[$1].columns.count) }) else { break }
            shares[least].bytes = shares[least].bytes.addingReportingOverflow(max(0, sizes[index])).partialValue
            shares[least].columns.append(columns[index])
        }
        return shares.map { $0.columns.sorted() }
    }
}

/// Some columns of a file, and rows of them that were read and not yet taken.
// Safe: a lane is in one task at a time; the one who waits for it does not touch it.
private struct Lane: @unchecked Sendable {
    var scan: ParquetScan
    private(set) var rows: RecordBatch?
    /// Of the file: the first of `rows`.
    private(set) var firstRow: Int64 = 0

    init(scan: ParquetScan) { self.scan = scan }

    mutating func advance(_ file: BaseFileReader) async throws {
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(try await file.read(ranges))
            case .done(let batch):
                rows = batch
                firstRow = scan.firstRow
                return
            }
        }
    }

    mutating func take(_ count: Int) -> [Column] {
        guard let all = rows else { preconditionFailure("no rows were read") }
        rows = count == all.rowCount ? nil : all.slice(count..<all.rowCount)
        firstRow += Int64(count)
        return all.slice(0..<count).columns
    }
}
