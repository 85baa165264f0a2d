import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// The keys of a write, as far as they tell which base files hold none of them.
struct SoughtKeys: Sendable {
    /// In the order of their bytes, some perhaps more than once; nil when only their range is known.
    private let keys: Column?
    /// nil where the order of texts is in doubt, and every file must be taken to overlap.
    private let range: (least: Bytes, greatest: Bytes)?

    /// - Parameter keys: A string column without nulls, in any order.
    init(_ keys: Column) {
        guard case (.text(let least), .text(let greatest))? = keys.minMax() else {
            self.init(keys: keys, range: nil)
            return
        }
        self.init(keys: keys, range: keys.hasTextOfTwoOrders ? nil : (least, greatest))
    }

    /// - Parameters:
    ///   - keys: nil: too many to be held.
    ///   - range: nil if any key has two orders (``Column/hasTextOfTwoOrders``).
    init(keys: Column?, range: (least: Bytes, greatest: Bytes)?) {
        self.keys = keys.map { $0.decoded().take($0.sortOrder()) }
        self.range = range
    }

    /// Whether the file with this footer may hold one of the keys. Never false for one that does: what the footer does not
    /// say, or says in a form that is not known here, rules nothing out.
    func mayLie(in file: FileMetadata) -> Bool {
        if file.rowCount == 0 { return false }
        let said = file.recordKeyRange.map { (least: Bytes($0.least), greatest: Bytes($0.greatest)) }
        // A range the wrong way round is no range.
        let theirs = said.flatMap { $0.greatest.precedes($0.least) ? nil : $0 }
        if let range, let theirs, range.greatest.precedes(theirs.least) || theirs.greatest.precedes(range.least) { return false }
        guard let keys else { return true }
        var candidates = 0..<keys.count
        if range != nil, let theirs { candidates = keys.rowsOfText(from: theirs.least, through: theirs.greatest) }
        if candidates.isEmpty { return false }
        guard candidates.count <= Self.filterLimit(rows: file.rowCount), let filter = try? file.recordKeyFilter() else { return true }
        return filter.mayContainAny(of: keys, in: candidates)
    }

    /// So many keys are asked for in the filter of a file of `rows` rows: beyond, reading the file's keys is sooner done.
    private static func filterLimit(rows: Int64) -> Int { Int(clamping: max(4096, rows.multipliedReportingOverflow(by: 2).partialValue)) }
}
