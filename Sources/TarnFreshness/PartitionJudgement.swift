/// Everything the state of one partition depends on.
package struct PartitionFacts: Hashable, Sendable {
    /// In the newest ledger.
    package var entry: TableObservation.Entry?
    /// The greatest `next` of any older ledger.
    package var greatestNextBefore: Int64?
    package var probed: Probe.Partition?
    package var probeIsOld = false
    /// *Now*: the probe's time, or the clock's without one.
    package var now: Int64
    package var newestCommit: Int64?
    /// Commits of data completed after this partition last moved.
    package var commitsSinceMoved = 0
    /// Earlier readings that count, newest first: each at least one tick older than the one before it.
    package var earlier: [KeptReading] = []
    package var name: String
    /// Milliseconds; nil when neither an interval is given nor two commits tell it.
    package var tick: Int64?
    /// The objective, milliseconds of lag.
    package var objective: Int64

    package init(name: String, now: Int64, objective: Int64) {
        self.name = name
        self.now = now
        self.objective = objective
    }
}

/// A partition's state and lag: freshness.md 4, one rule a case, the reason above it.
package struct PartitionJudgement: Hashable, Sendable {
    package let state: LagState
    /// Milliseconds; nil when unknown.
    package let lag: Int64?
    /// The lag is at most this: the probe did not say when the oldest uncommitted event happened.
    package let lagIsUpperBound: Bool

    package init(_ facts: PartitionFacts) {
        (lag, lagIsUpperBound) = PartitionJudgement.lag(facts)
        state = PartitionJudgement.state(facts, lag: lag)
    }

    private static func lag(_ facts: PartitionFacts) -> (Int64?, Bool) {
        guard let probed = facts.probed else { return (nil, false) }
        guard let entry = facts.entry else {
            return (probed.firstUncommittedEvent.map { max(0, facts.now - $0) }, false)
        }
        if probed.end <= entry.next { return (0, false) }
        if let oldest = probed.firstUncommittedEvent { return (max(0, facts.now - oldest), false) }
        return (entry.greatestEvent.map { max(0, facts.now - $0) }, true)
    }

    private static func state(_ facts: PartitionFacts, lag: Int64?) -> LagState {
        // A partition that nobody reads is the incident itself, so not being in the ledger is worse than any lag.
        guard let entry = facts.entry else { return .missing }

        // An offset that falls means that rows are read twice, or that the source was made anew: lag says nothing then.
        if let before = facts.greatestNextBefore, entry.next < before { return .rewound }
        for reading in facts.earlier {
            if let before = reading.partitions[facts.name] {
                if entry.next < before.next { return .rewound }
                if let end = before.end, let probed = facts.probed, probed.end < end { return .rewound }
            }
        }
        guard let probed = facts.probed, !facts.probeIsOld else { return .unknown }
        // The source ends before what was committed: it lost events, or is another one.
        if probed.end < entry.next { return .rewound }
        if probed.end == entry.next { return .idle }

        if stoodStill(facts, entry) {
            // Nothing moved: is it this partition alone, or everything?
            return commitsWentOn(facts) ? .stalled : .stopped
        }
        guard let lag else { return .unknown }
        return lag > facts.objective ? .behind : .current
    }

    /// Whether `next` has not moved for two readings in a row although there was something to read in both. Without kept
    /// readings the ledger's own `moved_at_ms` tells: no move for two ticks.
    private static func stoodStill(_ facts: PartitionFacts, _ entry: TableObservation.Entry) -> Bool {
        if let previous = facts.earlier.first {
            guard let before = previous.partitions[facts.name], let end = before.end else { return false }
            return before.next == entry.next && before.next < end
        }
        guard let tick = facts.tick, let movedAt = entry.movedAt else { return false }
        return facts.now - movedAt >= 2 * tick
    }

    /// Whether any data was committed while the partition stood still.
    private static func commitsWentOn(_ facts: PartitionFacts) -> Bool {
        if let previous = facts.earlier.first {
            return (facts.newestCommit ?? .min) > (previous.newestCommit ?? .min)
        }
        return facts.commitsSinceMoved > 0
    }
}
