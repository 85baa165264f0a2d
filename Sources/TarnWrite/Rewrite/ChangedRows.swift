import TarnColumns
import TarnTable

/// Gives changed rows their meta fields (hudi-format §4.2).
struct ChangedRows {
    private let context: RewriteContext
    private let number: Int
    private let partition: PartitionPath
    private let fileName: String

    /// - Parameters:
    ///   - number: Of the file among those of this write.
    ///   - fileName: What `_hoodie_file_name` says: in a log the bare file ID.
    init(_ context: RewriteContext, number: Int, partition: PartitionPath, fileName: String) {
        self.context = context
        self.number = number
        self.partition = partition
        self.fileName = fileName
    }

    /// - Parameters:
    ///   - rows: The table's columns, then the event time.
    ///   - first: How many changed rows of the file came before.
    /// - Returns: The columns of base files.
    func batch(_ rows: RecordBatch, first: Int64) throws -> RecordBatch {
        let count = rows.rowCount
        guard let key = rows[context.properties.recordKeyFields[0]] else { preconditionFailure("checked by Refusals") }
        let meta: [Column] = [
            .constant(context.instant.description, count: count),
            .numberedText(prefix: "\(context.instant)_\(number)_", first: first, count: count), try key.renderText(),
            .constant(partition.text, count: count), .constant(fileName, count: count),
        ]
        return RecordBatch(schema: context.schema.fileColumns, columns: meta + rows.columns.dropLast(), rowCount: count)
    }
}

extension FileCounts {
    /// - Parameter rows: With the event time as the last column.
    mutating func see(eventsOf rows: RecordBatch) {
        if case (.int(let first), .int(let last))? = rows.columns.last?.minMax() {
            see(event: first)
            see(event: last)
        }
    }
}
