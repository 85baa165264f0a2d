public import TarnBase
public import TarnStorage
import TarnTable

/// Looks at a table from outside and says how fresh it is. Only reads; needs no writer alive.
///
/// Cost of a reading: a listing of `.hoodie`, the commit files of the last 21 commits of data (and further back until one
/// has a ledger, and to the oldest base file that has logs), a request for each replacecommit and pending compaction, and a
/// listing of the data folders.
public struct FreshnessObserver: Sendable {
    private let table: TableHandle
    public let options: FreshnessOptions

    /// How many commits the usual commit interval is told from.
    private static let commitsKept = 21

    public init(of path: String, in store: any ObjectStore, options: FreshnessOptions = FreshnessOptions(), runtime: Runtime = .system) throws {
        guard let folder = ObjectPath(path) else { throw StorageError(.notFound, "'\(path)' is not a path inside a store") }
        table = TableHandle(store: store, path: folder, runtime: runtime)
        self.options = options
    }

    /// One reading.
    ///
    /// - Parameters:
    ///   - probe: A look at the source; nil when nobody has one.
    ///   - history: What earlier calls left, as JSON text of the state file; nil at the first.
    /// - Returns: The reading, and the text to keep for the next call.
    /// - Throws: An error of the store or table that cannot be read; a reading is never made up.
    public func read(probe: Probe?, history: JSON? = nil) async throws -> (reading: Reading, history: JSON) {
        var kept = try history.map { try ReadingHistory($0) } ?? ReadingHistory()
        let clock = table.runtime.clock.nowMilliseconds()
        let rules = ReadingRules(
            observation: try await observe(before: probe?.observedAt ?? clock), probe: probe, history: kept, options: options, clock: clock)
        let reading = rules.reading()
        kept.append(rules.kept(reading))
        return (reading, kept.json)
    }

    /// What the timeline tells, without the commits completed after `moment`.
    private func observe(before moment: Int64) async throws -> TableObservation {
        _ = try await TableProperties.load(table)
        let known = CompletedCommits(table, timeline: try await Timeline.load(table))
        var commits: [TableObservation.Commit] = []
        var ledgerFound = false
        for instant in known.timeline.completedWrites.reversed() where instant.modifiedMilliseconds <= moment {
            guard commits.count < FreshnessObserver.commitsKept || !ledgerFound else { break }
            guard let commit = try await commit(instant, of: known) else { continue }
            ledgerFound = ledgerFound || commit.ledger != nil
            commits.append(commit)
        }
        let files = try await ListedFiles(table).allFiles()
        let selection = try await SliceSelection.load(known)
        let sizes = selection.latestBaseFiles(of: files).map(\.size)
        return TableObservation(
            commits: commits.reversed(), smallFiles: FileSizes(sizes, smallFileLimit: options.smallFileLimit).smallFileCount,
            backlog: try await CompactionBacklog.load(known, selection, files, until: moment))
    }

    /// The commit of this instant; nil when it is a service's.
    private func commit(_ instant: Instant, of commits: CompletedCommits) async throws -> TableObservation.Commit? {
        let metadata = try await commits.metadata(of: instant)
        // Services rewrite what is there: they are exactly the operations that do not bring a schema of their own.
        guard metadata.operation.carriesTableSchema else { return nil }
        let ledger = try metadata.extraMetadata[SourceLedger.key].map { try SourceLedger(parsing: $0) }
        return TableObservation.Commit(
            completedAt: instant.modifiedMilliseconds,
            ledger: ledger?.partitions.mapValues { partition in
                TableObservation.Entry(
                    next: partition.next, rows: partition.rows, firstEvent: partition.firstEventMilliseconds,
                    lastEvent: partition.lastEventMilliseconds, greatestEvent: partition.maximumEventMilliseconds,
                    movedAt: partition.movedAtMilliseconds)
            })
    }
}
