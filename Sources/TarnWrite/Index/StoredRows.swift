import TarnBase
import TarnColumns
import TarnTable

/// Reads the stored rows of a few keys.
struct StoredRows {
    let table: TableHandle
    let schema: WriteSchema
    let slices: [FileSlice]
    let scan: SliceKeyScan
    let reader: FileSliceReader
    let hash: KeyHash
    let memory: MemoryPlan

    func rows(forKeys keys: Column) async throws -> RecordBatch {
        precondition(keys.type == .string && keys.nullCount == 0)
        let hashes = keys.hashKeys(hash)
        let directory = KeyDirectory(capacity: keys.count)
        for row in 0..<keys.count {
            directory.add(
                IndexRecord(
                    hash: (hashes[row].low, hashes[row].high), ordering: 0, kind: .delete, rowOffset: 0, rowLength: 0, partition: PartitionNames.none))
        }
        var found: [Int: [UInt32]] = [:]
        try await scan.run(directory) { found[$0, default: []].append($1.row) }

        var batches: [RecordBatch] = []
        for (number, rows) in found.sorted(by: { $0.key < $1.key }) {
            let slice = slices[number]
            if slice.logFiles.isEmpty, let base = slice.baseFile {
                batches += try await stored(rows, of: base)
            } else {
                batches += try await merged(directory, of: slice)
            }
        }
        return batches.isEmpty ? RecordBatch(schema: schema.columns, rows: []) : .concatenate(batches)
    }

    /// - Parameter rows: Positions in the file, ascending.
    private func stored(_ rows: [UInt32], of base: BaseFile) async throws -> [RecordBatch] {
        let reader = try await BaseFileScan.open(base, of: table, fetch: memory.fetch)
        var batches: [RecordBatch] = []
        var wanted = rows[...]
        while !wanted.isEmpty, let batch = try await reader.next() {
            let end = batch.firstRow + Int64(batch.rows.rowCount)
            let here = wanted.prefix { Int64($0) < end }
            wanted = wanted.dropFirst(here.count)
            guard !here.isEmpty else { continue }
            let taken = batch.rows.take(here.map { UInt32(Int64($0) - batch.firstRow) })
            batches.append(try taken.adapted(to: schema.columns).compacted())
        }
        return batches
    }

    private func merged(_ directory: KeyDirectory, of slice: FileSlice) async throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        for try await batch in reader.rows(of: slice) {
            guard let keys = batch[MetaFields.recordKey] else { continue }
            var wanted: [UInt32] = []
            directory.forEachMatch(keys.hashKeys(hash)) { row, _ in wanted.append(UInt32(row)) }
            if !wanted.isEmpty { batches.append(try batch.take(wanted).adapted(to: schema.columns).compacted()) }
        }
        return batches
    }
}
