import TarnTable

/// From what is known to a reading: a pure function.
package struct ReadingRules: Sendable {
    package let observation: TableObservation
    package let probe: Probe?
    package let history: ReadingHistory
    package let options: FreshnessOptions
    /// The clock's time.
    package let clock: Int64

    package init(observation: TableObservation, probe: Probe?, history: ReadingHistory, options: FreshnessOptions, clock: Int64) {
        self.observation = observation
        self.probe = probe
        self.history = history
        self.options = options
        self.clock = clock
    }

    /// A probe older than two ticks and than five minutes says nothing about now.
    private static let probeAgeLimit: Int64 = 300_000

    private var now: Int64 { probe?.observedAt ?? clock }

    /// Readings count when they are this far apart: the reading interval or the usual commit interval, whichever is longer,
    /// so that a slow but healthy writer raises no alarm.
    private var tick: Int64? {
        [options.interval, options.commitInterval ?? observation.usualCommitInterval].compactMap { $0 }.max()
    }

    package func reading() -> Reading {
        let ledger = observation.ledger ?? [:]
        let partitions = names(ledger).map { partition($0, ledger) }
            .sorted { ($0.state.rank, -($0.lag ?? 0), $0.name) < ($1.state.rank, -($1.lag ?? 0), $1.name) }
        let greatestEvent = ledger.values.compactMap(\.greatestEvent).max()
        let newestAtSource = probe?.partitions.compactMap(\.lastEvent).max()
        let unseen = max(0, (options.expectedCount ?? 0) - partitions.count)
        let missing = partitions.count { $0.state == .missing } + unseen
        let worst = LagState.worst(of: partitions.map(\.state))
        return Reading(
            at: now, state: unseen > 0 ? .missing : worst ?? .unknown, partitions: partitions, partitionsMissing: missing,
            commitAge: observation.commits.last.map { max(0, now - $0.completedAt) },
            newestEventGap: newestAtSource.flatMap { newest in greatestEvent.map { newest - $0 } },
            compactionLag: observation.backlog.lag(at: now), compactionLag95: observation.backlog.percentile95(at: now),
            compactionBacklogBytes: observation.backlog.logBytes, compactionBacklogSlices: observation.backlog.sliceCount,
            compactionBacklogLogFiles: observation.backlog.logFileCount, smallFiles: observation.smallFiles,
            logToBaseRatio: observation.backlog.logToBaseRatio)
    }

    /// What the next reading shall remember of `reading`.
    package func kept(_ reading: Reading) -> KeptReading {
        var partitions: [String: KeptReading.Partition] = [:]
        for partition in reading.partitions {
            guard let next = partition.next else { continue }
            partitions[partition.name] = .init(next: next, end: partition.end, lag: partition.lag)
        }
        return KeptReading(at: reading.at, newestCommit: observation.commits.last?.completedAt, state: reading.state, partitions: partitions)
    }

    /// Those of the probe, those ever seen in a ledger, and those named.
    private func names(_ ledger: [String: TableObservation.Entry]) -> Set<String> {
        var names = Set(probe?.partitions.map(\.name) ?? []).union(options.expectedPartitions).union(ledger.keys)
        for commit in observation.commits { names.formUnion((commit.ledger ?? [:]).keys) }
        return names.union(history.readings.flatMap(\.partitions.keys))
    }

    private func partition(_ name: String, _ ledger: [String: TableObservation.Entry]) -> Reading.Partition {
        var facts = PartitionFacts(name: name, now: now, objective: options.objective)
        facts.entry = ledger[name]
        let earlierEntries = observation.commits.dropLast().compactMap { $0.ledger?[name] }
        facts.greatestNextBefore = earlierEntries.map(\.next).max()
        facts.probed = probe?.partitions.first { $0.name == name }
        let age = clock - now
        facts.probeIsOld = age > ReadingRules.probeAgeLimit && age > 2 * (tick ?? 0)
        facts.newestCommit = observation.commits.last?.completedAt
        facts.commitsSinceMoved = observation.commits.count { $0.completedAt > (facts.entry?.movedAt ?? .max) && $0.ledger?[name]?.next == facts.entry?.next }
        facts.earlier = history.counting(before: now, tick: tick ?? 0)
        facts.tick = tick
        let judgement = PartitionJudgement(facts)
        return Reading.Partition(
            name: name, state: judgement.state, next: facts.entry?.next, end: facts.probed?.end, lag: judgement.lag,
            lagIsUpperBound: judgement.lagIsUpperBound, staleness: facts.entry?.greatestEvent.map { max(0, now - $0) },
            isConstant: isConstant(name))
    }

    /// Whether the last five commits brought this partition the same number of rows with the same first and last event.
    private func isConstant(_ name: String) -> Bool {
        let entries = observation.commits.suffix(5).compactMap { $0.ledger?[name] }
        guard entries.count == 5, let first = entries.first, first.rows ?? 0 > 0 else { return false }
        return entries.allSatisfy { $0.rows == first.rows && $0.firstEvent == first.firstEvent && $0.lastEvent == first.lastEvent }
    }
}
