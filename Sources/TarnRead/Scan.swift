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
            do { return try plan.get().output } catch { throw TableError(error) }
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(snapshot: snapshot, plan: plan) }

    public struct Iterator: AsyncIteratorProtocol {
        private let snapshot: Snapshot
        private let plan: Result<ScanPlan, ColumnError>
        private var slices: ArraySlice<FileSlice>
        private var rows: SliceRows?

        fileprivate init(snapshot: Snapshot, plan: Result<ScanPlan, ColumnError>) {
            self.snapshot = snapshot
            self.plan = plan
            slices = snapshot.slices(matching: (try? plan.get())?.filter)[...]
        }

        /// The next batch that is not empty; nil at the end. Throws ``TableError``.
        public mutating func next() async throws -> RecordBatch? {
            do {
                return try await next(by: try plan.get())
            } catch let error as CancellationError {
                throw error
            } catch {
                throw TableError(error)
            }
        }

        private mutating func next(by plan: ScanPlan) async throws -> RecordBatch? {
            while true {
                if rows == nil {
                    guard let slice = slices.popFirst() else { return nil }
                    rows = try await SliceRows(slice, of: snapshot, by: plan)
                }
                guard let batch = try await rows?.next() else {
                    rows = nil
                    continue
                }
                if batch.rowCount > 0 { return batch }
            }
        }
    }
}
