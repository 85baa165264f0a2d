/// What a reading is judged by.
public struct FreshnessOptions: Hashable, Sendable {
    /// Source partitions that must be there even if nobody ever saw them, as the ledger names them: `cdc.conversations/3`.
    public var expectedPartitions: [String] = []
    /// How many source partitions there must be, of any name.
    public var expectedCount: Int?
    /// Milliseconds between readings; nil for a reading on its own.
    public var interval: Int64?
    /// Milliseconds between commits of data, where it is known; nil to tell it from the table's last commits.
    public var commitInterval: Int64?
    /// The objective: milliseconds of lag.
    public var objective: Int64 = 900_000
    /// Base files below this size are small.
    public var smallFileLimit: Int64 = 90 << 20

    public init() {}
}
