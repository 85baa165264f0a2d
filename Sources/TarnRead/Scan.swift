public import TarnColumns
import TarnTable

/// The batches of a snapshot's scan. Pulled by its reader: nothing is read ahead of it.
public struct Scan: AsyncSequence, Sendable {
    public typealias Element = RecordBatch

    /// The columns of the batches.
    public let schema: Schema
    private let snapshot: Snapshot
    /// What is read of each file: the columns to return and those of the filter.
    private let reading: Schema
    private let filter: BoundFilter?

    init(snapshot: Snapshot, output: Schema, filter: Filter?, all: Schema) throws {
        self.snapshot = snapshot
        schema = output
        guard let filter else {
            (reading, self.filter) = (output, nil)
            return
        }
        let looked = try BoundFilter(filter, schema: all).columns.map { all.fields[$0] }
        reading = Schema(output.fields + looked.filter { output[$0.name] == nil })
        self.filter = try BoundFilter(filter, schema: reading)
    }

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let scan: Scan
        private var files: ArraySlice<BaseFile>
        private var rows: BaseFileReader.Rows.Iterator?

        fileprivate init(_ scan: Scan) {
            self.scan = scan
            files = scan.snapshot.files[...]
        }

        /// The next batch that is not empty; nil at the end. Throws ``TableFault``.
        public mutating func next() async throws -> RecordBatch? {
            while true {
                if rows == nil {
                    guard let file = files.popFirst() else { return nil }
                    let table = scan.snapshot.table
                    let reader = try await BaseFileReader.open(file.path(in: table), size: file.size, in: table.store)
                    rows = reader.rows(as: scan.reading).makeAsyncIterator()
                }
                guard let chunk = try await rows?.next() else {
                    rows = nil
                    continue
                }
                let kept = try scan.select(chunk.batch)
                if kept.rowCount > 0 { return kept }
            }
        }
    }

    private func select(_ batch: RecordBatch) throws -> RecordBatch {
        let matching = filter.map { batch.filter($0.evaluate(batch)) } ?? batch
        return try matching.adapted(to: schema)
    }

    /// All rows as values whose properties are named like the columns; for rows in small numbers.
    package func collect() async throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        for try await batch in self { batches.append(batch) }
        return batches
    }
}
