package import TarnBase
package import TarnTable

/// How one write is done. A value: it can be logged and compared.
package struct WriteSettings: Sendable {
    /// `.upsert`; `.insert`, which leaves a row whose key is stored as it is; `.bulkInsert`, which does not look for stored
    /// keys and writes new files only; or `.delete`, which takes no upserts.
    package var operation: WriteOperation
    /// Base files are filled up to this size and roll over at it.
    package var targetFileSize = ByteCount.mebibytes(120)
    /// Log files roll over at this size; Spark's default.
    package var maximumLogSize = ByteCount.gibibytes(1)
    /// Ceiling on the working memory of this write; what does not fit goes to scratch files.
    package var memory = ByteCount.mebibytes(512)
    /// How many files are read and written at the same time, on as many cores. What is written does not depend on it.
    package var concurrency = 2
    /// Where scratch files go; nil = the system's temporary folder.
    package var spillDirectory: String?
    /// A name for this write. If a completed commit of the table already carries it, the write is not done again.
    package var commitToken: String?

    package init(operation: WriteOperation = .upsert) { self.operation = operation }
}
