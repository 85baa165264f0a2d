package import TarnColumns
import TarnParquet

extension BaseFileReader {
    /// The file's rows for which the filter is true, in these columns. What statistics, bloom filters, dictionaries and page
    /// indexes rule out is not read.
    ///
    /// - Parameters:
    ///   - columns: In the order wanted, as ``ColumnSelection`` finds them: `timing.total_ms` is a struct with one member. nil for all
    ///     of the file. `#3` is the third column, where none has that name.
    ///   - filter: Its columns need not be among `columns`.
    ///   - rowGroups: Positions in the footer; nil for all. Several tasks may read row groups of one file side by side.
    ///   - tasks: Without a filter, columns are decoded side by side in up to so many tasks.
    /// - Throws: ``TableError`` `invalid` for a column that the file does not have, or a literal that does not fit its column;
    ///   `unsupported` for a column that cannot be read, or whose name others have too.
    package func rows(
        of columns: [String]?, where filter: Filter? = nil, rowGroups: [Int]? = nil, tasks: Int = 1
    ) throws(TableError) -> SelectedRows {
        do {
            let (metadata, names) = try chosen(columns)
            if columns == nil, let refusal = metadata.tree.refusal { throw refusal }
            for name in (names ?? []) + (filter?.columnNames ?? []) {
                if let refusal = metadata.tree.refusal(of: name) { throw refusal }
            }
            let reader = with(metadata)
            return reader.rows(selectedBy: try ScanPlan(file: reader.schema, columns: names, filter: filter), rowGroups: rowGroups, tasks: tasks)
        } catch { throw TableError(error, at: error is ParquetError ? path : nil) }
    }

    /// Names for columns that are asked for by number.
    private func chosen(_ columns: [String]?) throws(ParquetError) -> (FileMetadata, [String]?) {
        guard let columns else { return (metadata, nil) }
        var metadata = metadata
        var names: [String] = []
        let all = metadata.tree.columnNames
        for name in columns {
            guard name.hasPrefix("#"), !all.contains(name), let number = Int(name.dropFirst()), all.indices.contains(number - 1) else {
                names.append(name)
                continue
            }
            metadata = try metadata.choosing(number - 1)
            names.append(all[number - 1])
        }
        return (metadata, names)
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
                plan = selected.plan
                reader = selected.reader.with(selected.reader.metadata.narrowed(to: plan.reading))
                if let filter = plan.filter, reader.answers(filter) {
                    let columns = reader.schema.fields.indices.filter { selected.plan.output[reader.schema.fields[$0].name] != nil }
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
