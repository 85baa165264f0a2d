import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// Decisions about tables that are nothing but names.
@Suite struct CleaningPlannerTests {
    /// `2026011008000000n`.
    private static func time(_ number: Int) -> InstantTime { InstantTime("202601100800\(number < 10 ? "0" : "")\(number)000")! }

    private struct Names {
        var files: [Timeline.File] = []
        var data = TableFiles()
        var replaced: [FileGroupID: InstantTime] = [:]
        var compactions: [FileGroupID: InstantTime] = [:]
        var clusterings: [FileGroupID: InstantTime] = [:]
        var savepoints = Savepoints()

        mutating func instant(_ number: Int, _ action: Action = .commit, _ state: InstantState = .completed) {
            for step in InstantState.allCases where step <= state && !(action == .savepoint && step == .requested) {
                files.append(.init(name: InstantFileName(time(number), action, step), size: 1, modifiedMilliseconds: 0))
            }
        }

        mutating func base(_ group: String, _ number: Int, in partition: String = "p") {
            let name = BaseFileName(FileID(group)!, WriteToken("0-0-0")!, time(number))
            data.baseFiles.append(BaseFile(partition: PartitionPath(partition)!, name: name, size: 100))
        }

        mutating func log(_ group: String, on number: Int, version: Int = 1, isChangeLog: Bool = false) {
            let name = LogFileName(FileID(group)!, time(number), version: version, token: WriteToken("0-0-0"), isChangeLog: isChangeLog)
            let file = LogFile(partition: PartitionPath("p")!, name: name, size: 10)
            if isChangeLog { data.changeLogs.append(file) } else { data.logFiles.append(file) }
        }

        func decide(_ retention: Retention, nowAt number: Int = 50) -> CleaningDecision {
            var ground = CleaningGround(timeline: Timeline(files: files), files: data)
            ground.replaced = replaced
            ground.pendingCompactions = compactions
            ground.pendingClusterings = clusterings
            ground.savepoints = savepoints
            return CleaningDecision.of(ground, keeping: retention, now: time(number).epochMilliseconds(in: .utc)!, zone: .utc)
        }
    }

    private static func group(_ id: String, in partition: String = "p") -> FileGroupID { FileGroupID(partition: partition, fileID: id)! }

    private func going(_ decision: CleaningDecision) -> [String] {
        decision.deletions.flatMap { verdict in verdict.version.files.map { "\(verdict.version.group.fileID)@\(verdict.version.instant) \(Self.kind($0.name))" } }
    }
    private static func kind(_ name: String) -> String { name.hasSuffix(".parquet") ? "base" : name.hasSuffix(".cdc") ? "cdc" : "log" }
    private func reason(_ decision: CleaningDecision, _ group: String, _ number: Int) -> CleanReason? {
        decision.verdicts.first { $0.version.group.fileID.text == group && $0.version.instant == Self.time(number) }?.reason
    }
    private func at(_ group: String, _ number: Int, _ kind: String = "base") -> String { "\(group)@\(Self.time(number)) \(kind)" }

    /// Group a rewritten by each of five commits, b only by the first.
    private func fiveCommits() -> Names {
        var names = Names()
        for number in 1...5 {
            names.instant(number)
            names.base("a", number)
        }
        names.base("b", 1)
        return names
    }

    @Test func `commits keep their snapshots, which read the newest version before the oldest of them`() {
        let decision = fiveCommits().decide(.commits(2))
        #expect(decision.retained?.time == Self.time(4))
        #expect(going(decision) == [at("a", 2), at("a", 1)])
        #expect(reason(decision, "a", 5) == .newest && reason(decision, "a", 4) == .retained(from: Self.time(4)))
        #expect(reason(decision, "a", 3) == .readAt(Self.time(4)) && reason(decision, "a", 1) == .superseded(by: Self.time(2)))
        #expect(reason(decision, "b", 1) == .newest)
    }

    @Test(arguments: [5, 6, 100])
    func `as many commits as are kept leave nothing to do`(count: Int) {
        let decision = fiveCommits().decide(.commits(count))
        #expect(decision.isEmpty && decision.retained == nil)
        #expect(reason(decision, "a", 1) == .nothingIsOld)
    }

    @Test func `hours keep what was read within them`() {
        var names = Names()
        for number in 1...3 {
            names.instant(number)
            names.base("a", number)
        }
        // An hour before 08:00:50 all three are still ahead; at 09:00:02.5 the first two are behind.
        #expect(names.decide(.hours(1)).isEmpty)
        let later = Self.time(2).epochMilliseconds(in: .utc)! + 3_600_000 + 500
        let ground = CleaningGround(timeline: Timeline(files: names.files), files: names.data)
        let decision = CleaningDecision.of(ground, keeping: .hours(1), now: later, zone: .utc)
        #expect(decision.retained?.time == Self.time(3) && going(decision) == [at("a", 1)])
        // A day later the newest commit is all that counts.
        let next = CleaningDecision.of(ground, keeping: .hours(1), now: later + 86_400_000, zone: .utc)
        #expect(next.retained?.time == Self.time(3) && going(next) == [at("a", 1)])
    }

    @Test func `versions keep a number of each group, however old`() {
        let decision = fiveCommits().decide(.versions(2))
        #expect(decision.retained == nil && going(decision) == [at("a", 3), at("a", 2), at("a", 1)])
        #expect(reason(decision, "a", 4) == .amongVersions(2) && reason(decision, "b", 1) == .newest)
    }

    @Test func `a version goes with its logs and change logs`() {
        var names = Names()
        for number in 1...4 { names.instant(number, number == 3 ? .compaction : .deltaCommit) }
        names.base("a", 1)
        names.log("a", on: 1)
        names.log("a", on: 1, version: 2)
        names.log("a", on: 1, isChangeLog: true)
        names.base("a", 3)
        names.log("a", on: 3)
        #expect(names.decide(.commits(2)).isEmpty, "what was read just before the compaction is kept with it")
        let whole = [at("a", 1), at("a", 1, "cdc"), at("a", 1, "log"), at("a", 1, "log")]
        #expect(going(names.decide(.commits(1))).sorted() == whole && going(names.decide(.versions(1))).sorted() == whole)
    }

    @Test func `what a pending compaction reads and what was written on top of it stays`() {
        var names = Names()
        for number in 1...3 {
            names.instant(number, .deltaCommit)
            names.base("a", number)
        }
        names.instant(4, .compaction, .requested)
        names.instant(5, .deltaCommit)
        names.log("a", on: 4)
        names.compactions[Self.group("a")] = Self.time(4)
        let decision = names.decide(.versions(1))
        #expect(reason(decision, "a", 4) == .newest && reason(decision, "a", 3)?.isDeletion == false)
        #expect(going(decision) == [at("a", 2), at("a", 1)])
        #expect(going(names.decide(.versions(2))) == [at("a", 1)])
        names.instant(6, .deltaCommit)
        #expect(reason(names.decide(.commits(1)), "a", 3) == .pendingCompaction(Self.time(4)))
    }

    @Test func `base files of an unfinished compaction are not the cleaner's`() {
        var names = fiveCommits()
        names.instant(6, .compaction, .inflight)
        names.base("a", 6)
        names.compactions[Self.group("a")] = Self.time(6)
        #expect(reason(names.decide(.versions(1)), "a", 6) == nil)
        #expect(reason(names.decide(.versions(1)), "a", 5) == .newest)
    }

    @Test func `groups in a pending clustering keep all they have, and retention does not pass it`() {
        var names = fiveCommits()
        names.instant(6, .replaceCommit, .requested)
        names.clusterings[Self.group("a")] = Self.time(6)
        #expect(names.decide(.versions(1)).isEmpty)
        #expect(reason(names.decide(.versions(1)), "a", 2) == .pendingClustering(Self.time(6)))
        names.instant(7)
        names.base("c", 7)
        #expect(names.decide(.commits(1)).retained?.time == Self.time(5))
    }

    @Test func `savepointed files stay, with the rest of their version, and the plan says so`() {
        var names = fiveCommits()
        names.instant(2, .savepoint)
        let file = names.data.baseFiles.first { $0.instant == Self.time(2) }!
        names.savepoints = Savepoints(times: [Self.time(2)], files: [file.relativePath: Self.time(2)])
        names.log("a", on: 2)
        let decision = names.decide(.commits(1))
        #expect(reason(decision, "a", 2) == .savepoint(Self.time(2)))
        #expect(going(decision) == [at("a", 3), at("a", 1)])
        let table = TableHandle(store: MemoryStore(runtime: .simulated()), path: ObjectPath("t")!, runtime: .simulated())
        #expect(decision.plan(for: table).extraMetadata["savepointed_timestamps"] == "\(Self.time(2))")
    }

    @Test func `replaced groups go whole once every kept snapshot is from after the replacement`() {
        var names = fiveCommits()
        names.instant(6, .replaceCommit)
        names.base("c", 6)
        names.replaced[Self.group("a")] = Self.time(6)
        #expect(names.decide(.commits(1)).isEmpty, "the snapshot of the replacement itself is not after it")
        #expect(reason(names.decide(.commits(1)), "a", 1) == .replacedLately(by: Self.time(6)))
        names.instant(7)
        #expect(going(names.decide(.commits(1))) == (1...5).reversed().map { at("a", $0) })
        #expect(names.decide(.commits(2)).isEmpty)
        #expect(going(names.decide(.versions(3))).count == 5)
    }

    @Test func `files of instants that are not completed are left to rollback`() {
        var names = fiveCommits()
        names.instant(6, .commit, .inflight)
        names.base("a", 6)
        #expect(reason(names.decide(.versions(1)), "a", 6) == nil && reason(names.decide(.versions(1)), "a", 5) == .newest)
    }

    @Test func `the same file ID in two partitions is two groups`() {
        var names = fiveCommits()
        names.base("a", 2, in: "q")
        #expect(names.decide(.commits(1)).deletions.allSatisfy { $0.version.group.partition.text == "p" })
        #expect(names.decide(.commits(1)).plan(for: TableHandle(store: MemoryStore(runtime: .simulated()), path: .root, runtime: .simulated())).partitions.map(\.partitionPath) == ["p"])
    }

    @Test(arguments: ["commits:1", "hours:24", "versions:3"])
    func `retention is read as it is printed`(text: String) {
        #expect(Retention(text).map { "\($0)" } == text)
    }

    @Test(arguments: ["", "commits", "commits:", "commits:0", "commits:-1", "weeks:1", "commits:1:2", "commits:99999999999999999999"])
    func `what is no retention is not read`(text: String) {
        #expect(Retention(text) == nil)
    }
}
