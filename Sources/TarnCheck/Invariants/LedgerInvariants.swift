package import TarnTable

/// What must hold of the source ledger from commit to commit (freshness.md 1). Takes the commits of a timeline in order.
package struct LedgerInvariants {
    private var last: (ledger: SourceLedger, instant: InstantTime)?

    /// Whether Tarn wrote the commit: its commits carry these keys, other engines' do not.
    static func isTarns(_ metadata: CommitMetadata) -> Bool {
        metadata.extraMetadata.entries.contains { $0.key.hasPrefix("tarn.") }
    }

    mutating func check(_ instant: Instant, _ metadata: CommitMetadata) -> [Finding] {
        let path = TableFacts.metaPath(instant.fileName.text)
        let extra = metadata.extraMetadata
        var findings: [Finding] = []
        func undecodable(_ key: String, _ message: String) {
            findings.append(Finding(.ledgerDecodes, at: path, instant: instant.time, "\(key): \(message)"))
        }
        func decode<Value>(_ key: String, _ parse: (String) throws -> Value) -> Value? {
            guard let text = extra[key] else { return nil }
            do { return try parse(text) } catch {
                undecodable(key, TableError(error).message)
                return nil
            }
        }
        _ = decode(EventCounts.key) { try EventCounts(parsing: $0) }
        _ = decode(CommitTokens.key) { try CommitTokens(parsing: $0) }
        if let text = extra[Watermark.key], Watermark.milliseconds(parsing: text) == nil { undecodable(Watermark.key, "no number of milliseconds: \(text)") }
        guard let ledger = decode(SourceLedger.key, { try SourceLedger(parsing: $0) }) else {
            if extra[SourceLedger.key] == nil, LedgerInvariants.isTarns(metadata), let last {
                findings.append(Finding(.ledgerCarried, at: path, instant: instant.time, "the commit lacks the ledger that \(last.instant) had"))
            }
            return findings
        }
        if let text = extra[Watermark.key], let said = Watermark.milliseconds(parsing: text), let computed = ledger.watermarkMilliseconds, said > computed {
            undecodable(Watermark.key, "\(said), later than the ledger's own \(computed)")
        }
        if let last {
            findings += LedgerInvariants.falls(from: last.ledger, to: ledger).map {
                Finding(.ledgerCarried, at: path, instant: instant.time, "\($0), against \(last.instant)")
            }
        }
        last = (ledger, instant.time)
        return findings
    }

    /// What went back between two ledgers.
    package static func falls(from before: SourceLedger, to after: SourceLedger) -> [String] {
        var falls: [String] = []
        if after.finishedFileCount < before.finishedFileCount {
            falls.append("the count of finished files fell from \(before.finishedFileCount) to \(after.finishedFileCount)")
        }
        // An unfinished file leaves the partitions when its last line is taken.
        let finished = after.finishedFileCount.subtractingReportingOverflow(before.finishedFileCount)
        var mayLeave = finished.overflow ? .max : max(0, finished.partialValue)
        for (name, partition) in before.partitions.sorted(by: { $0.key < $1.key }) {
            if let now = after.partitions[name] {
                if now.next < partition.next { falls.append("next of \(name) fell from \(partition.next) to \(now.next)") }
            } else if mayLeave > 0 {
                mayLeave -= 1
            } else {
                falls.append("\(name) is gone")
            }
        }
        return falls
    }
}
