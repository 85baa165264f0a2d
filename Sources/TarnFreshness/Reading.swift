public import TarnBase

/// How fresh a table is, at one moment. Every quantity is there in every reading; one that is unknown is nil, and printed as
/// NaN. Times are milliseconds; the quantities are those of freshness.md 3.
public struct Reading: Hashable, Sendable {
    public struct Partition: Hashable, Sendable {
        /// As the ledger names it: `cdc.conversations/2`.
        public let name: String
        public let state: LagState
        /// The first offset not committed.
        public let next: Int64?
        /// The source's end.
        public let end: Int64?
        public let lag: Int64?
        /// The probe did not say when the oldest uncommitted event happened: the lag is at most this.
        public let lagIsUpperBound: Bool
        /// Since the newest committed event. Cannot tell idle from stalled.
        public let staleness: Int64?
        /// The last five commits brought the same rows: a source that replays one page for ever.
        public let isConstant: Bool

        public var offsetsBehind: Int64? {
            guard let next, let end else { return nil }
            return max(0, end - next)
        }
    }

    /// When it was taken: the probe's time, else the clock's.
    public let at: Int64
    public let state: LagState
    /// Worst first.
    public let partitions: [Partition]
    public let partitionsMissing: Int
    public let commitAge: Int64?
    /// The newest event at the source, less the newest one committed: near zero although a partition stands still, and so
    /// never used for states.
    public let newestEventGap: Int64?
    /// Since the oldest log record that is in no base file yet was committed; 0 when nothing waits.
    public let compactionLag: Int64
    /// What 95% of the file groups do not exceed.
    public let compactionLag95: Int64
    /// What waits: bytes of log files, slices that have some, and how many files.
    public let compactionBacklogBytes: Int64
    public let compactionBacklogSlices: Int
    public let compactionBacklogLogFiles: Int
    public let smallFiles: Int
    public let logToBaseRatio: Double

    /// The greatest lag of the expected partitions; nil as soon as one is unknown.
    public var pipelineLag: Int64? {
        let lags = partitions.map(\.lag)
        return lags.contains(nil) ? nil : lags.compactMap { $0 }.max()
    }

    public var staleness: Int64? { partitions.compactMap(\.staleness).max() }
    /// The partition that the table's state is about.
    public var worst: Partition? { partitions.first }
}

extension Reading {
    /// The form of `tarn lag --json`.
    public var json: JSON {
        func seconds(_ milliseconds: Int64?) -> JSON { milliseconds.map { .double(Double($0) / 1000) } ?? "NaN" }
        func number(_ value: Int64?) -> JSON { value.map { .int($0) } ?? "NaN" }
        return [
            "at_ms": .int(at), "state": .string(state.rawValue), "partition": worst.map { .string($0.name) } ?? .null,
            "pipeline_lag_seconds": seconds(pipelineLag), "pipeline_staleness_seconds": seconds(staleness),
            "source_partitions_missing": .int(partitionsMissing), "commit_age_seconds": seconds(commitAge),
            "newest_event_gap_seconds": seconds(newestEventGap), "compaction_lag_seconds": seconds(compactionLag),
            "compaction_lag_p95_seconds": seconds(compactionLag95),
            "compaction_backlog_bytes": .int(compactionBacklogBytes), "compaction_backlog_slices": .int(compactionBacklogSlices),
            "compaction_backlog_log_files": .int(compactionBacklogLogFiles), "small_files": .int(smallFiles),
            "log_to_base_ratio": .double(logToBaseRatio),
            "partitions": .array(
                partitions.map { partition in
                    [
                        "name": .string(partition.name), "state": .string(partition.state.rawValue), "next": number(partition.next),
                        "end": number(partition.end), "source_offsets_behind": number(partition.offsetsBehind),
                        "pipeline_lag_seconds": seconds(partition.lag), "bound": partition.lagIsUpperBound ? "upper" : "exact",
                        "pipeline_staleness_seconds": seconds(partition.staleness), "constant": .bool(partition.isConstant),
                    ]
                }),
        ]
    }
}
