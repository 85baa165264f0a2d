public import TarnBase

/// Folds log files into base files: which slices, and with how much memory. A value: it can be logged and compared.
///
/// Slices with the most bytes of logs come first. Groups that a pending compaction or clustering works on are left to it.
public struct Compaction: Hashable, Sendable {
    /// At most so many bytes of base and log files in one plan, but one slice at least; nil: all slices that have logs.
    public var maximumBytes: ByteCount?
    /// Only slices with a record that has waited in a log for longer than so many seconds; nil: all.
    public var maximumLagSeconds: Int64?
    /// Ceiling on the working memory; log records that do not fit go to scratch files.
    public var memory = ByteCount.mebibytes(512)
    /// Where scratch files go; nil = the system's temporary folder.
    public var spillDirectory: String?

    public init() {}
}
