public import TarnBase

/// One look at the source, made by whoever can reach it (freshness.md 2).
public struct Probe: Hashable, Sendable {
    /// Milliseconds since 1970 UTC.
    public var observedAt: Int64
    public var partitions: [Partition]

    public struct Partition: Hashable, Sendable {
        public var source: String
        public var partition: Int64
        /// The offset after the last event.
        public var end: Int64
        public var firstUncommittedEvent: Int64?
        public var lastEvent: Int64?

        public init(source: String, partition: Int64, end: Int64, firstUncommittedEvent: Int64? = nil, lastEvent: Int64? = nil) {
            self.source = source
            self.partition = partition
            self.end = end
            self.firstUncommittedEvent = firstUncommittedEvent
            self.lastEvent = lastEvent
        }

        /// As the ledger names it.
        public var name: String { "\(source)/\(partition)" }
    }

    public init(observedAt: Int64, partitions: [Partition]) {
        self.observedAt = observedAt
        self.partitions = partitions
    }

    /// Reads the JSON form.
    ///
    /// - Throws: ``ProbeError`` when a member is missing or of another type.
    public init(_ json: JSON) throws(ProbeError) {
        guard let observedAt = json["observed_at_ms"]?.intValue else { throw ProbeError(message: "a probe needs 'observed_at_ms'") }
        guard let entries = json["partitions"]?.arrayValue else { throw ProbeError(message: "a probe needs 'partitions'") }
        self.observedAt = observedAt
        partitions = []
        for (index, entry) in entries.enumerated() {
            guard let source = entry["source"]?.stringValue, let partition = entry["partition"]?.intValue,
                let end = entry["end"]?.intValue
            else { throw ProbeError(message: "partition \(index) of the probe needs 'source', 'partition' and 'end'") }
            partitions.append(
                Partition(
                    source: source, partition: partition, end: end,
                    firstUncommittedEvent: entry["first_uncommitted_event_ms"]?.intValue,
                    lastEvent: entry["last_event_ms"]?.intValue))
        }
    }
}

public struct ProbeError: Error, Sendable, CustomStringConvertible {
    let message: String
    public var description: String { "not a probe: \(message)" }
}
