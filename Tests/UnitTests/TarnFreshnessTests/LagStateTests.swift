import TarnBase
import TarnFreshness
import Testing

/// Four partitions, a commit a minute; what the observer says of partition 2.
@Suite struct LagStateTests {
    private typealias Entry = TableObservation.Entry
    private static let minute: Int64 = 60_000
    private static let now: Int64 = 100 * minute

    /// Commits at minutes 90…99, in which partitions 0, 1 and 3 move by ten each time, and `next(minute)` is partition 2's.
    private func observation(next: (Int64) -> Int64?, from first: Int64 = 90, to last: Int64 = 99) -> TableObservation {
        var movedAt: Int64 = 0
        var before: Int64?
        let commits = (first...last).map { minute -> TableObservation.Commit in
            var ledger: [String: Entry] = [:]
            for other in [0, 1, 3] {
                ledger["s/\(other)"] = Entry(next: minute * 10, greatestEvent: minute * Self.minute, movedAt: minute * Self.minute)
            }
            if let offset = next(minute) {
                if offset != before { movedAt = minute * Self.minute }
                before = offset
                ledger["s/2"] = Entry(next: offset, greatestEvent: movedAt, movedAt: movedAt)
            }
            return .init(completedAt: minute * Self.minute, ledger: ledger)
        }
        return TableObservation(commits: commits)
    }

    private func probe(end: Int64, oldest: Int64? = nil, at: Int64 = now) -> Probe {
        Probe(
            observedAt: at,
            partitions: [0, 1, 3].map { .init(source: "s", partition: $0, end: 990) }
                + [.init(source: "s", partition: 2, end: end, firstUncommittedEvent: oldest)])
    }

    private func state(
        _ observation: TableObservation, _ probe: Probe?, history: ReadingHistory = ReadingHistory(), clock: Int64 = now,
        options: FreshnessOptions = FreshnessOptions()
    ) -> (reading: Reading, partition: Reading.Partition?) {
        let reading = ReadingRules(observation: observation, probe: probe, history: history, options: options, clock: clock).reading()
        return (reading, reading.partitions.first { $0.name == "s/2" })
    }

    @Test func `everything committed is idle, whatever the age of the last event`() {
        let (reading, partition) = state(observation { _ in 500 }, probe(end: 500))
        #expect(partition?.state == .idle && reading.state == .idle && reading.pipelineLag == 0)
    }

    @Test func `a partition that moves within the objective is current, and behind beyond it`() {
        let moving = observation { $0 * 5 }
        #expect(state(moving, probe(end: 600, oldest: Self.now - 10_000)).partition?.state == .current)
        let late = state(moving, probe(end: 600, oldest: Self.now - 901_000))
        #expect(late.partition?.state == .behind && late.reading.pipelineLag == 901_000)
    }

    @Test func `a partition that stands still while commits go on is stalled and named`() {
        let (reading, partition) = state(observation { $0 < 95 ? $0 * 5 : 470 }, probe(end: 600, oldest: Self.now - 5 * Self.minute))
        #expect(partition?.state == .stalled && reading.state == .stalled && reading.worst?.name == "s/2")
    }

    @Test func `the same, seen from two readings a tick apart, and not before`() {
        let before = observation(next: { _ in 470 }, to: 98)
        var history = ReadingHistory()
        let first = ReadingRules(observation: before, probe: probe(end: 600, at: Self.now - 2 * Self.minute), history: history, options: FreshnessOptions(), clock: Self.now)
        history.append(first.kept(first.reading()))
        #expect(state(observation { _ in 470 }, probe(end: 600), history: history).partition?.state == .stalled)
        #expect(state(observation { $0 < 99 ? 470 : 480 }, probe(end: 600, oldest: Self.now), history: history).partition?.state == .current)
    }

    @Test func `no commit of any data for two readings is stopped, whatever the other partitions`() {
        let (reading, _) = state(observation(next: { _ in 470 }, to: 95), probe(end: 600, oldest: Self.now - 4 * Self.minute))
        #expect(reading.state == .stopped)
    }

    @Test func `a slow but healthy writer raises no alarm within its own commit interval`() {
        var options = FreshnessOptions()
        options.commitInterval = 10 * Self.minute
        let slow = state(observation { $0 < 95 ? $0 * 5 : 470 }, probe(end: 600, oldest: Self.now - 5 * Self.minute), options: options)
        #expect(slow.partition?.state == .current)
    }

    @Test func `a partition that nobody ever read is missing, and so is a count that is not reached`() {
        #expect(state(observation { _ in nil }, probe(end: 600)).partition?.state == .missing)
        var options = FreshnessOptions()
        options.expectedCount = 5
        let (reading, _) = state(observation { _ in 500 }, probe(end: 500), options: options)
        #expect(reading.state == .missing && reading.partitionsMissing == 1)
    }

    @Test func `an offset or an end that fell is rewound`() {
        #expect(state(observation { $0 < 99 ? 500 : 300 }, probe(end: 600)).partition?.state == .rewound)
        #expect(state(observation { _ in 500 }, probe(end: 400)).partition?.state == .rewound)
    }

    @Test func `without a probe, or with an old one, nothing is known and the lag is not invented`() {
        let (reading, partition) = state(observation { _ in 500 }, nil)
        #expect(partition?.state == .unknown && reading.pipelineLag == nil && reading.state.exitCode == 2)
        #expect(partition?.staleness == Self.now - 90 * Self.minute)
        #expect(state(observation { _ in 500 }, probe(end: 500), clock: Self.now + 6 * Self.minute).partition?.state == .unknown)
    }

    @Test func `a lag without the oldest event's time is an upper bound`() {
        let partition = state(observation { $0 * 5 }, probe(end: 600)).partition
        #expect(partition?.lagIsUpperBound == true && partition?.lag == Self.minute)
    }

    @Test func `the state file reads back, and keeps a bounded number of readings`() throws {
        var history = ReadingHistory()
        for at in 0..<(Int64(ReadingHistory.limit) + 5) {
            history.append(KeptReading(at: at, newestCommit: at, state: .idle, partitions: ["s/0": .init(next: at, end: nil, lag: 7)]))
        }
        #expect(history.readings.count == ReadingHistory.limit)
        #expect(try ReadingHistory(JSON(parsing: history.json.description)) == history)
        #expect(throws: ProbeError.self) { try ReadingHistory(JSON(parsing: "{}")) }
    }
}
