package import TarnBase

/// What is kept of a reading so that the next one sees what has not moved: an element of the observer's state file.
package struct KeptReading: Hashable, Sendable {
    package struct Partition: Hashable, Sendable {
        package var next: Int64
        package var end: Int64?
        /// Milliseconds; for "how fresh were we last week".
        package var lag: Int64?

        package init(next: Int64, end: Int64?, lag: Int64?) {
            self.next = next
            self.end = end
            self.lag = lag
        }
    }

    /// Milliseconds since 1970 UTC.
    package var at: Int64
    /// Completion of the newest commit of data.
    package var newestCommit: Int64?
    package var state: LagState?
    package var partitions: [String: Partition]

    package init(at: Int64, newestCommit: Int64?, state: LagState?, partitions: [String: Partition]) {
        self.at = at
        self.newestCommit = newestCommit
        self.state = state
        self.partitions = partitions
    }
}

/// The observer's memory between one-shot calls: a bounded ring of readings, oldest first.
///
///     {"version": 1, "readings": [{"at_ms", "newest_commit_ms", "state", "partitions": {"s/0": {"next", "end", "lag_ms"}}}]}
package struct ReadingHistory: Hashable, Sendable {
    /// Enough for a week of a reading every ten minutes.
    package static let limit = 1024

    package private(set) var readings: [KeptReading]

    package init(_ readings: [KeptReading] = []) { self.readings = readings }

    package mutating func append(_ reading: KeptReading) {
        readings.append(reading)
        readings.removeFirst(max(0, readings.count - ReadingHistory.limit))
    }

    /// The readings before `now`, newest first, each at least `tick` older than the one after it.
    package func counting(before now: Int64, tick: Int64) -> [KeptReading] {
        var counted: [KeptReading] = []
        var later = now
        for reading in readings.reversed() where reading.at < later && later - reading.at >= tick {
            counted.append(reading)
            later = reading.at
        }
        return counted
    }

    package init(_ json: JSON) throws(ProbeError) {
        guard json["version"]?.intValue == 1, let entries = json["readings"]?.arrayValue else {
            throw ProbeError(message: "the state file is not one of tarn lag")
        }
        readings = entries.compactMap { entry in
            guard let at = entry["at_ms"]?.intValue else { return nil }
            var partitions: [String: KeptReading.Partition] = [:]
            for member in entry["partitions"]?.objectValue ?? [] {
                guard let next = member.value["next"]?.intValue else { continue }
                partitions[member.name] = .init(next: next, end: member.value["end"]?.intValue, lag: member.value["lag_ms"]?.intValue)
            }
            return KeptReading(
                at: at, newestCommit: entry["newest_commit_ms"]?.intValue,
                state: entry["state"]?.stringValue.flatMap { LagState(rawValue: $0) }, partitions: partitions)
        }
    }

    package var json: JSON {
        func number(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
        let entries = readings.map { reading -> JSON in
            let partitions = reading.partitions.sorted { $0.key < $1.key }.map { name, kept in
                JSON.Member(name, ["next": .int(kept.next), "end": number(kept.end), "lag_ms": number(kept.lag)])
            }
            return [
                "at_ms": .int(reading.at), "newest_commit_ms": number(reading.newestCommit),
                "state": reading.state.map { .string($0.rawValue) } ?? .null, "partitions": .object(partitions),
            ]
        }
        return ["version": 1, "readings": .array(entries)]
    }
}
