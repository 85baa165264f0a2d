package import TarnColumns

extension BaseFileReader {
    /// The file's rows for which the filter is true, in these columns; row groups that their statistics rule out are not read.
    ///
    /// - Parameters:
    ///   - columns: In the order wanted.
    ///   - filter: Its columns need not be among `columns`.
    /// - Throws: ``TableError`` `invalid` for a column that the file does not have, or a literal that does not fit its column.
    package func rows(of columns: [String], where filter: Filter? = nil) throws(TableError) -> SelectedRows {
        do {
            let plan = try ScanPlan(table: MetaFields.removed(from: schema), columns: columns, filter: filter, withMetaFields: false)
            return SelectedRows(rows: rows(as: plan.reading, rowGroups: plan.filter.map { rowGroups(matching: $0) }), plan: plan)
        } catch {
            throw TableError(error)
        }
    }

    /// Batches of the rows selected; none is empty.
    package struct SelectedRows: AsyncSequence, Sendable {
        package typealias Element = RecordBatch
        fileprivate let rows: Rows
        fileprivate let plan: ScanPlan

        package func makeAsyncIterator() -> Iterator { Iterator(rows: rows.makeAsyncIterator(), plan: plan) }

        package struct Iterator: AsyncIteratorProtocol {
            fileprivate var rows: Rows.Iterator
            fileprivate let plan: ScanPlan

            package mutating func next() async throws -> RecordBatch? {
                while let chunk = try await rows.next() {
                    let selected = try plan.select(chunk.batch)
                    if selected.rowCount > 0 { return selected }
                }
                return nil
            }
        }
    }
}
