package import TarnColumns
import TarnParquet

extension BaseFileReader {
    /// The file's rows for which the filter is true, in these columns. What statistics, bloom filters, dictionaries and page
    /// indexes rule out is not read.
    ///
    /// - Parameters:
    ///   - columns: In the order wanted; nil for all of the file.
    ///   - filter: Its columns need not be among `columns`.
    ///   - rowGroups: Positions in the footer; nil for all. Several tasks may read row groups of one file side by side.
    ///   - tasks: Without a filter, columns are decoded side by side in up to so many tasks.
    /// - Throws: ``TableError`` `invalid` for a column that the file does not have, or a literal that does not fit its column.
    package func rows(
        of columns: [String]?, where filter: Filter? = nil, rowGroups: [Int]? = nil, tasks: Int = 1
    ) throws(TableError) -> SelectedRows {
        do { return rows(selectedBy: try ScanPlan(file: schema, columns: columns, filter: filter), rowGroups: rowGroups, tasks: tasks) } catch { throw TableError(error) }
    }

    /// The file's rows that a plan keeps, in the columns of its output: as ``rows(as:rowGroups:options:)`` finds and casts them.
    package func rows(selectedBy plan: ScanPlan, rowGroups: [Int]? = nil, prunes: Bool = true, tasks: Int = 1) -> SelectedRows {
        SelectedRows(reader: self, plan: plan, rowGroups: rowGroups, prunes: prunes, tasks: tasks)
    }

    /// Whether the file has all columns of the filter in its own types, so that it can be asked for the rows that pass.
    private func answers(_ filter: BoundFilter) -> Bool {
        filter.columns.allSatisfy { schema[filter.schema.fields[$0].name]?.type == filter.schema.fields[$0].type }
    }

    /// Batches of the rows selected; none is empty.
    package struct SelectedRows: AsyncSequence, Sendable {
        package typealias Element = RecordBatch
        fileprivate let reader: BaseFileReader
        fileprivate let plan: ScanPlan
        fileprivate let rowGroups: [Int]?
        fileprivate let prunes: Bool
        fileprivate let tasks: Int

        /// The columns of the batches.
        package var schema: Schema { plan.output }

        package func makeAsyncIterator() -> Iterator { Iterator(self) }

        package struct Iterator: AsyncIteratorProtocol {
            private let reader: BaseFileReader
            private let plan: ScanPlan
            private var scan: FilteredScan?
            private var rows: Rows.Iterator?

            fileprivate init(_ selected: SelectedRows) {
                (reader, plan) = (selected.reader, selected.plan)
                if let filter = plan.filter, reader.answers(filter) {
                    let columns = reader.schema.fields.indices.filter { selected.plan.output[selected.reader.schema.fields[$0].name] != nil }
                    var options = ScanOptions()
                    options.prunes = selected.prunes
                    scan = FilteredScan(metadata: reader.metadata, filter: filter, columns: columns, rowGroups: selected.rowGroups, options: options)
                } else {
                    let matching = selected.prunes ? plan.filter.map { reader.metadata.rowGroups(matching: $0) } : nil
                    let wanted = selected.rowGroups.map { groups in matching.map { groups.filter($0.contains) } ?? groups } ?? matching
                    rows = reader.rows(as: plan.reading, rowGroups: wanted, tasks: selected.tasks).makeAsyncIterator()
                }
            }

            /// Throws ``TableError``.
            package mutating func next() async throws -> RecordBatch? {
                if scan != nil { return try await scanned() }
                while let chunk = try await rows?.next() {
                    do {
                        let selected = try plan.select(chunk.batch)
                        if selected.rowCount > 0 { return selected }
                    } catch { throw TableError(error) }
                }
                return nil
            }

            private mutating func scanned() async throws -> RecordBatch? {
                do {
                    while let step = try scan?.next() {
                        switch step {
                        case .needs(let ranges):
                            let bytes = try await reader.read(ranges)
                            try scan?.supply(bytes)
                        case .done(let batch): return try batch?.adapted(to: plan.output)
                        }
                    }
                    return nil
                } catch { throw reader.located(error) }
            }
        }
    }
}
