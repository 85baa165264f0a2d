/// What waits in log files to become part of a base file (freshness.md §3).
///
/// A log file counts when a completed delta commit names it: what a failed write left, and the command blocks that undid it,
/// are no backlog. Where commits were archived, a file's age is that of its last change.
package struct CompactionBacklog: Hashable, Sendable {
    /// The newest slice of a file group.
    package struct Slice: Hashable, Sendable {
        package let group: FileGroupID
        package let baseBytes: Int64
        package var logBytes: Int64 = 0
        package var logFiles = 0
        /// When the oldest log record was committed, milliseconds since 1970 UTC; nil without logs.
        package var oldestMilliseconds: Int64?

        /// How long its oldest log record has waited, in milliseconds; nil without logs.
        package func lag(at now: Int64) -> Int64? { oldestMilliseconds.map { max(0, now - $0) } }
    }

    /// All groups' newest slices, sorted by partition and file ID.
    package let slices: [Slice]

    package init(slices: [Slice] = []) { self.slices = slices }

    /// Slices with logs.
    package var sliceCount: Int { slices.count { $0.logFiles > 0 } }
    package var logFileCount: Int { slices.reduce(0) { $0 + $1.logFiles } }
    package var logBytes: Int64 { slices.reduce(0) { $0 + $1.logBytes } }
    package var baseBytes: Int64 { slices.reduce(0) { $0 + $1.baseBytes } }
    /// Log bytes for each byte of base files; 0 where there are no base files.
    package var logToBaseRatio: Double { baseBytes > 0 ? Double(logBytes) / Double(baseBytes) : 0 }

    /// The greatest lag of any group, milliseconds; 0 when nothing waits.
    package func lag(at now: Int64) -> Int64 { slices.compactMap { $0.lag(at: now) }.max() ?? 0 }

    /// The lag that 95% of the groups do not exceed (nearest rank), those without logs counted as 0.
    package func percentile95(at now: Int64) -> Int64 {
        let lags = slices.map { $0.lag(at: now) ?? 0 }.sorted()
        return lags.isEmpty ? 0 : lags[(lags.count * 95 + 99) / 100 - 1]
    }

    package func of(_ partition: PartitionPath) -> CompactionBacklog {
        CompactionBacklog(slices: slices.filter { $0.group.partition == partition })
    }
}

extension CompactionBacklog {
    /// Cost: one request for each active commit since the oldest base file that has logs; none without logs.
    ///
    /// - Parameter moment: Commits completed later do not count, milliseconds since 1970 UTC; nil: all.
    package static func load(
        _ commits: CompletedCommits, _ selection: SliceSelection, _ files: TableFiles, until moment: Int64? = nil
    ) async throws -> CompactionBacklog {
        let latest = selection.latestSlices(of: files)
        let oldestBase = latest.filter { !$0.logFiles.isEmpty }.map(\.baseInstant).min()
        var committed: [String: Int64] = [:]
        if let oldestBase {
            // Newest first, so that a file's oldest commit is what stays.
            for instant in commits.timeline.completedWrites.reversed() {
                guard instant.time >= oldestBase else { break }
                if let moment, instant.modifiedMilliseconds > moment { continue }
                for stat in try await commits.metadata(of: instant).stats {
                    if stat.logAppend != nil, let path = stat.path { committed[path] = instant.modifiedMilliseconds }
                }
            }
        }
        let firstActive = commits.timeline.firstActive
        return CompactionBacklog(
            slices: latest.map { slice in
                var waiting = Slice(group: slice.group, baseBytes: slice.baseFile?.size ?? 0)
                let mayBeArchived = firstActive.map { slice.baseInstant < $0 } ?? false
                for file in slice.logFiles {
                    guard let since = committed[file.relativePath] ?? (mayBeArchived ? file.modifiedMilliseconds : nil) else { continue }
                    waiting.logFiles += 1
                    waiting.logBytes += file.size
                    waiting.oldestMilliseconds = min(waiting.oldestMilliseconds ?? since, since)
                }
                return waiting
            })
    }
}
