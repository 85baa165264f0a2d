package import TarnTable
package import TarnWrite

/// What one micro-batch did: a line of `tarn ingest --json`.
package struct IngestReport: Sendable {
    /// The file, or `-`.
    package var input: String
    /// nil when there was nothing to do.
    package var commit: CommitReport
    package var events = EventCounts()
    /// Records passed over by rule: tombstones, logical messages, transaction markers, heartbeats.
    package var passed: Int64 = 0
    /// Records that the table had already, by its ledger, or that came twice in the input.
    package var alreadyCommitted: Int64 = 0
    /// The quarantine file, if events were put aside.
    package var quarantine: String?

}

/// What a whole run did, and what the caller should tell the user.
package struct IngestSummary: Sendable {
    package var commits = 0
    package var events = EventCounts()
    package var passed: Int64 = 0
    package var alreadyCommitted: Int64 = 0
    /// For standard error, one line each: an input without ledger entry, a file that the table has already.
    package var notes: [String] = []
}
