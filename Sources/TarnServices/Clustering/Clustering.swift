public import TarnBase
import TarnColumns
import TarnTable

/// How a table is clustered: small files of a partition become few, in an order that serves queries. A value; it can be logged
/// and compared.
///
/// No row changes: what a snapshot, a read of the past or an incremental read shows is the same before and after.
public struct Clustering: Hashable, Sendable {
    /// How several columns make one order.
    public enum Curve: String, Hashable, Sendable, CaseIterable {
        /// By the first column, rows equal there by the second, and so on.
        case linear
        /// Along a curve on which near values of every column lie near.
        case zorder, hilbert
    }

    /// Rows are sorted by these; none: they keep their order, file after file.
    public var sortColumns: [String]
    public var curve = Curve.linear
    public var targetFileSize: ByteCount
    /// Only files below this size are taken in; nil: 75% of the target.
    public var smallFileLimit: ByteCount?
    /// Without sort columns, row groups of at least this many bytes are copied as they lie, at a fifth of the cost of encoding
    /// them anew; smaller ones are encoded together, as many small row groups make scans slow. Zero: all are copied.
    public var smallRowGroupLimit = ByteCount.mebibytes(4)
    /// Partitions by their folders; nil: all.
    public var partitions: [String]?
    /// Ceiling on working memory; a sort that needs more spills.
    public var memory = ByteCount.mebibytes(512)
    /// Where to spill; nil for the system's temporary folder.
    public var spillDirectory: String?

    public init(sortColumns: [String] = [], targetFileSize: ByteCount = .mebibytes(120)) {
        self.sortColumns = sortColumns
        self.targetFileSize = targetFileSize
    }

    var smallFileBytes: Int64 { smallFileLimit?.bytes ?? targetFileSize.bytes / 4 * 3 }

    /// Whether rows of `schema` can be sorted as it says.
    func check(_ schema: Schema) throws(TableError) {
        for name in sortColumns {
            guard let field = schema[name] else { throw TableError(.invalid, "the sort column '\(name)' is no column of the table") }
            if field.type.isNested { throw TableError(.unsupported, "sorting by '\(name)' of type \(field.type)") }
        }
        if curve != .linear, sortColumns.count > 8 { throw TableError(.unsupported, "a curve through \(sortColumns.count) columns; 8 are supported") }
    }
}
