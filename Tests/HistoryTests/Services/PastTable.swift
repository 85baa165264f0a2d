import TarnTable

/// What the table was after one of its commits: the rows, and the commit that wrote each.
struct PastTable: Hashable {
    private(set) var model = TableModel()
    private(set) var writtenAt: [String: InstantTime] = [:]

    /// A completed write. Returns nothing of what it did; the counts are checked elsewhere.
    mutating func write(_ changes: [Change], at instant: InstantTime) {
        for key in model.write(changes) { writtenAt[key] = instant }
        writtenAt = writtenAt.filter { model.rows[$0.key] != nil }
    }

    /// Whether a read of the whole table gave these rows.
    func differs(from stored: [String: Row]) -> String? {
        if let difference = model.differs(from: stored) { return difference }
        for (key, row) in stored where row.commitTime != writtenAt[key]?.description {
            return "\(key) has the commit time \(row.commitTime) instead of \(writtenAt[key].map { "\($0)" } ?? "none")"
        }
        return nil
    }

    /// The keys of rows that commits after `begin` wrote: what an incremental read shows.
    func keys(writtenAfter begin: InstantTime) -> Set<String> { Set(writtenAt.filter { $0.value > begin }.keys) }
}
