import TarnBase
import TarnColumns
import TarnTable

/// Reads the stored rows of a few keys.
struct StoredRows {
    let table: TableHandle
    let schema: WriteSchema
    let files: [BaseFile]
    let hash: KeyHash
    let memory: MemoryPlan
    let concurrency: Int

    func rows(forKeys keys: Column) async throws -> RecordBatch {
        precondition(keys.type == .string && keys.nullCount == 0)
        let hashes = keys.hashKeys(hash)
        let directory = KeyDirectory(capacity: keys.count)
        for row in 0..<keys.count {
            directory.add(
                IndexRecord(
                    hash: (hashes[row].low, hashes[row].high), ordering: 0, kind: .delete, rowOffset: 0, rowLength: 0, partition: PartitionNames.none))
        }
        var found: [(file: Int, row: UInt32)] = []
        let scan = TableKeyScan(table, files: files, sought: SoughtKeys(keys), hash: hash, orderingField: nil, memory: memory, concurrency: concurrency)
        try await scan.run(directory) { found.append(($0, $1.row)) }

        var batches: [RecordBatch] = []
        for (number, group) in Dictionary(grouping: found, by: \.file).sorted(by: { $0.key < $1.key }) {
            let reader = try await BaseFileScan.open(files[number], of: table, fetch: memory.fetch, window: memory.window)
            var wanted = group.map(\.row)[...]
            while !wanted.isEmpty, let batch = try await reader.next() {
                let end = batch.firstRow + Int64(batch.rows.rowCount)
                let here = wanted.prefix { Int64($0) < end }
                wanted = wanted.dropFirst(here.count)
                guard !here.isEmpty else { continue }
                let taken = batch.rows.take(here.map { UInt32(Int64($0) - batch.firstRow) })
                batches.append(try taken.adapted(to: schema.columns).compacted())
            }
        }
        return batches.isEmpty ? RecordBatch(schema: schema.columns, rows: []) : .concatenate(batches)
    }
}
