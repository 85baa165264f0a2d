import TarnServices
import TarnTable
import TarnTestSupport
import Testing

@Suite struct ArchivalPlannerTests {
    private static func time(_ number: Int) -> InstantTime { InstantTime("202601100800\(number < 10 ? "0" : "")\(number)000")! }

    private func ground(_ instants: [(Int, Action, InstantState)]) -> ArchivalGround {
        let files = instants.flatMap { number, action, state in
            InstantState.allCases.filter { $0 <= state && !(action == .savepoint && $0 == .requested) }
                .map { Timeline.File(name: InstantFileName(Self.time(number), action, $0), size: 1, modifiedMilliseconds: 0) }
        }
        return ArchivalGround(timeline: Timeline(files: files))
    }

    private func commits(_ numbers: ClosedRange<Int>) -> [(Int, Action, InstantState)] { numbers.map { ($0, .commit, .completed) } }

    private func archived(_ ground: ArchivalGround, _ keeping: ClosedRange<Int>) -> [Int] {
        ArchivalDecision.of(ground, keeping: keeping).archived.map { instant in (0...59).first { Self.time($0) == instant.time } ?? -1 }
    }

    private func base(_ number: Int) -> BaseFile {
        BaseFile(partition: PartitionPath("p")!, name: BaseFileName(FileID("a-0")!, WriteToken("0-0-0")!, Self.time(number)), size: 1)
    }

    @Test func `nothing leaves up to the upper bound, and down to the lower bound beyond it`() {
        #expect(archived(ground(commits(1...6)), 3...6) == [])
        #expect(archived(ground(commits(1...7)), 3...6) == [1, 2, 3, 4])
    }

    @Test func `what is archived already leaves, up to what holds it`() {
        var ground = ground(commits(1...4))
        ground.archived = [Self.time(1), Self.time(2)]
        #expect(archived(ground, 3...6) == [1, 2])
        ground.savepoints = [Self.time(2)]
        #expect(archived(ground, 3...6) == [1])
    }

    @Test(arguments: [Action.commit, .compaction, .replaceCommit, .clean, .savepoint, .rollback])
    func `nothing leaves from an unfinished instant on`(action: Action) {
        let state = action == .savepoint ? InstantState.inflight : .requested
        #expect(archived(ground(commits(1...8).filter { $0.0 != 4 } + [(4, action, state)]), 2...3) == [1, 2, 3])
    }

    @Test func `nothing leaves from a savepoint on`() {
        var ground = ground(commits(1...8) + [(5, .savepoint, .completed)])
        ground.savepoints = [Self.time(5)]
        #expect(archived(ground, 1...2) == [1, 2, 3, 4])
    }

    @Test func `a replacecommit leaves once the files it replaced are gone`() {
        var ground = ground(commits(1...8).filter { $0.0 != 3 } + [(3, .replaceCommit, .completed)])
        ground.replaced[Self.time(3)] = [FileGroupID(partition: "p", fileID: "a-0")!]
        ground.files.baseFiles = [base(1)]
        #expect(archived(ground, 1...2) == [1, 2])
        ground.files.baseFiles = []
        #expect(archived(ground, 1...2) == [1, 2, 3, 4, 5, 6, 7])
    }

    @Test func `the newest commits with what writers go on from stay`() {
        var ground = ground(commits(1...8))
        ground.carriers = ["tarn.sources": Self.time(6), "deltastreamer.checkpoint.key": Self.time(3)]
        #expect(archived(ground, 1...2) == [1, 2])
        ground.carriers["deltastreamer.checkpoint.key"] = nil
        #expect(archived(ground, 1...2) == [1, 2, 3, 4, 5])
        ground.schemaCarrier = Self.time(2)
        #expect(archived(ground, 1...2) == [1])
    }

    @Test func `a file of no commit does not come to life`() {
        let instants = commits(1...8).filter { $0.0 != 4 }
        var ground = ground(instants)
        ground.files.baseFiles = [base(4)]
        #expect(!ground.timeline.holds(Self.time(4)))
        let left = archived(ground, 1...2)
        #expect(left == [1, 2])
        let after = self.ground(instants.filter { !left.contains($0.0) })
        #expect(!after.timeline.holds(Self.time(4)))
    }

    @Test func `cleans and rollbacks are counted apart and leave first`() {
        let services = [11, 13, 15, 17].map { ($0, Action.clean, InstantState.completed) } + [12, 14].map { ($0, Action.rollback, InstantState.completed) }
        #expect(archived(ground(commits(1...3) + services), 2...3) == [11, 13])
        #expect(archived(ground(commits(1...4) + services), 2...3) == [11, 13, 1, 2])
    }

    @Test func `every instant that stays has its reason`() {
        let decision = ArchivalDecision.of(ground(commits(1...8).filter { $0.0 != 3 } + [(3, .compaction, .requested)]), keeping: 2...3)
        #expect(decision.verdicts.map(\.reason) == [
            .older(keeping: 2), .older(keeping: 2), .pending(Self.time(3)), .behind(Self.time(4)), .behind(Self.time(4)), .amongNewest(2), .amongNewest(2),
        ])
    }
}
