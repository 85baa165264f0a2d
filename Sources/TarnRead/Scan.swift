public import TarnColumns
import TarnTable

/// The batches of a snapshot's scan. Pulled by its reader: nothing is read ahead of it.
public struct Scan: AsyncSequence, Sendable {
    public typealias Element = RecordBatch

    private let snapshot: Snapshot
    private let plan: Result<ScanPlan, ColumnError>

    init(snapshot: Snapshot, columns: [String]?, filter: Filter?, withMetaFields: Bool) {
        self.snapshot = snapshot
        plan = Result { () throws(ColumnError) in
            try ScanPlan(table: snapshot.schema, columns: columns, filter: filter, withMetaFields: withMetaFields)
        }
    }

    /// The columns of the batches. Throws what the iteration would throw at once.
    public var schema: Schema {
        get throws {
            do { return try plan.get().output } catch { throw TableFault(error) }
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(snapshot: snapshot, plan: plan) }

    public struct Iterator: AsyncIteratorProtocol {
        private let snapshot: Snapshot
        private let plan: Result<ScanPlan, ColumnError>
        private var files: ArraySlice<BaseFile>
        private var rows: BaseFileReader.Rows.Iterator?

        fileprivate init(snapshot: Snapshot, plan: Result<ScanPlan, ColumnError>) {
            self.snapshot = snapshot
            self.plan = plan
            files = snapshot.files[...]
        }

        /// The next batch that is not empty; nil at the end. Throws ``TableFault``.
        public mutating func next() async throws -> RecordBatch? {
            do {
                return try await next(by: try plan.get())
            } catch let error as CancellationError {
                throw error
            } catch {
                throw TableFault(error)
            }
        }

        private mutating func next(by plan: ScanPlan) async throws -> RecordBatch? {
            while true {
                if rows == nil {
                    guard let file = files.popFirst() else { return nil }
                    let reader = try await BaseFileReader.open(file.path(in: snapshot.table), size: file.size, in: snapshot.table.store)
                    rows = reader.rows(as: plan.reading).makeAsyncIterator()
                }
                guard let chunk = try await rows?.next() else {
                    rows = nil
                    continue
                }
                let kept = try plan.select(chunk.batch)
                if kept.rowCount > 0 { return kept }
            }
        }
    }
}
