public import TarnBase
public import TarnColumns

/// How one write is done. A value with documented defaults; it can be logged and compared.
public struct WriteOptions: Hashable, Sendable {
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        /// New keys are inserted; a stored row is replaced unless its ordering value is greater.
        case upsert
        /// New keys are inserted; the stored row of a key that exists stays.
        case insert
        /// Stored rows of these keys are removed, unless their ordering value is greater.
        case delete
        /// Rows of keys that the caller knows to be new go to new files, without a look-up. Of several rows of one key in
        /// the write one is kept; a key that is stored already would be there twice.
        case bulkInsert = "bulk-insert"
    }

    public var operation = Operation.upsert
    /// Rows for which this is true delete their key, by their ordering value or, without one, by the key alone. Its columns
    /// may be ones that the table does not have; they are not stored.
    public var deletes: Filter?
    /// Base files are filled up to this size and roll over at it.
    public var targetFileSize = ByteCount.mebibytes(120)
    /// Ceiling on working memory; what does not fit is spilled.
    public var memory = ByteCount.mebibytes(512)
    /// Where to spill; nil for the system's temporary folder.
    public var spillDirectory: String?
    /// A name for this write: a second write with the same token makes no second commit.
    public var commitToken: String?
    /// A column with each row's event time, for the commit's freshness figures: a long of milliseconds, or a timestamp.
    public var watermarkField: String?
    /// How long to wait while another writer is at work, before `conflict` is thrown.
    public var lockWait = Duration.zero

    public init() {}
}
