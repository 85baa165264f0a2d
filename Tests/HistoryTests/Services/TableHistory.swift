import TarnBase
import TarnCheck
import TarnColumns
import TarnRead
import TarnServices
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite

/// A random history of one small table in memory: writes, services, rollbacks and crashes; after each step everything a
/// reader may ask is compared with a dictionary.
final class TableHistory {
    let table: ExampleTable
    let store: MemoryStore
    private let type: TableType
    private let clock: SimulatedClock
    private var random: SplitMix64
    /// After each completed write that still stands, oldest first.
    private var past: [(instant: InstantTime, table: PastTable)] = []
    /// A clean may have taken old versions away: reads of the past may be refused, never wrong.
    private var mayForget = false
    /// What was done, for the failure's message.
    private(set) var steps: [String] = []

    init(seed: UInt64, partitioned: Bool, type: TableType) async throws {
        random = SplitMix64(seed: seed)
        self.type = type
        clock = SimulatedClock()
        let runtime = Runtime.simulated(clock: clock, seed: seed)
        store = MemoryStore(runtime: runtime)
        var table = ExampleTable(store, runtime: runtime)
        table.targetFileSize = .kibibytes([3, 8, 64][Int(random.next() % 3)])
        self.table = table
        try await table.create(partitioned: partitioned, type: type)
    }

    private var now: PastTable { past.last?.table ?? PastTable() }

    // MARK: Steps

    func step() async throws {
        clock.advance(milliseconds: 1 + Int64(random.next() % 3))
        switch random.next() % 12 {
        case 0: try await rollBack()
        case 10: try await clean(failing: random.next() % 2 == 0 ? nil : Fault.allCases[Int(random.next() % 4)])
        case 11: try await archive(failing: random.next() % 2 == 0 ? nil : Fault.allCases[Int(random.next() % 4)])
        case 1...2: try await write(failing: Fault.allCases[Int(random.next() % 4)])
        case 3: try await cluster(failing: random.next() % 2 == 0 ? nil : Fault.allCases[Int(random.next() % 4)])
        case 4...5 where type == .mergeOnRead: try await compact(failing: random.next() % 2 == 0 ? nil : Fault.allCases[Int(random.next() % 4)])
        default: try await write(failing: nil)
        }
        try await compareReads()
    }

    private func write(failing fault: Fault?) async throws {
        let changes = randomChanges()
        steps.append("write of \(changes.count)\(fault.map { ", \($0)" } ?? "")")
        let before = try await newestWrite()
        do {
            let request = Int(random.next() % 45)
            let through = fault.map { table.through(FaultyStore(store, failing: $0, atRequest: request)) } ?? table
            let report = try await through.write(changes)
            if let instant = report.instant { record(changes, at: instant) }
        } catch {
            guard fault != nil else { throw error }
            // What failed for the caller may have happened: the timeline says.
            if let newest = try await newestWrite(), newest.time != before?.time { record(changes, at: newest.time) }
        }
    }

    /// Undoes the newest write, if it is one that can be undone.
    private func rollBack() async throws {
        let timeline = try await Timeline.load(table.handle)
        guard let newest = timeline.newestCompletedWrite, newest.time == past.last?.instant else { return }
        guard !timeline.pending.contains(where: { $0.time > newest.time }) else { return }
        steps.append("rollback of \(newest.time)")
        do {
            let undone = try await TableRollback.run(on: table.handle, instant: newest.time)
            try expect(undone.contains(newest.time), "the rollback undid \(undone) instead of \(newest.time)")
        } catch let error as TableError where mayForget && error.code == .unsupported {
            return
        }
        past.removeLast()
    }

    /// A cleaning, or one that dies and is finished by the next.
    private func clean(failing fault: Fault?) async throws {
        let retention: Retention = random.next() % 2 == 0 ? .commits(1 + Int(random.next() % 3)) : .versions(1 + Int(random.next() % 2))
        steps.append("clean keeping \(retention)\(fault.map { ", \($0)" } ?? "")")
        mayForget = true
        let request = Int(random.next() % 20)
        let through = fault.map { table.through(FaultyStore(store, failing: $0, atRequest: request)) } ?? table
        do { try await Cleaning(through.handle, keeping: retention).clean() } catch { guard fault != nil else { throw error } }
    }

    /// A history may end with an archival that died: what it archived leaves the timeline, and nothing else does.
    func finishArchival() async throws { try await Archival(table.handle, keeping: 1000...1000).archive() }

    private func archive(failing fault: Fault?) async throws {
        let least = 1 + Int(random.next() % 2)
        steps.append("archival keeping \(least)\(fault.map { ", \($0)" } ?? "")")
        mayForget = true
        let request = Int(random.next() % 25)
        let through = fault.map { table.through(FaultyStore(store, failing: $0, atRequest: request)) } ?? table
        do { try await Archival(through.handle, keeping: least...(least + 1)).archive() } catch { guard fault != nil else { throw error } }
    }

    /// A clustering, or one that dies and is finished or undone. No row changes.
    private func cluster(failing fault: Fault?) async throws {
        let sort = [[], ["n"], ["note", "ts"]][Int(random.next() % 3)]
        let curve = Clustering.Curve.allCases[Int(random.next() % 3)]
        let limit = ByteCount([0, 4 << 20][Int(random.next() % 2)])
        steps.append("clustering by \(sort), copying from \(limit)\(fault.map { ", \($0)" } ?? "")")
        let request = Int(random.next() % 60)
        if let fault {
            _ = try? await table.through(FaultyStore(store, failing: fault, atRequest: request)).clustering(sort: sort, curve: curve, smallRowGroupLimit: limit).run()
            try await compareReads()
            if random.next() % 2 == 0 {
                for pending in try await Timeline.load(table.handle).pendingReplaces {
                    _ = try await TableRollback.run(on: table.handle, instant: pending.time)
                }
                return
            }
        }
        _ = try await table.clustering(sort: sort, curve: curve, smallRowGroupLimit: limit).run()
    }

    /// A compaction that is planned, or run, or dies. No row changes, and a plan may wait while writes go on.
    private func compact(failing fault: Fault?) async throws {
        let plansOnly = random.next() % 2 == 0
        steps.append("compaction\(plansOnly ? ", planned" : "")\(fault.map { ", \($0)" } ?? "")")
        let request = Int(random.next() % 40)
        let through = fault.map { table.through(FaultyStore(store, failing: $0, atRequest: request)) } ?? table
        let service = CompactionService(through.handle)
        do {
            if plansOnly {
                if let plan = try await service.plan() { _ = try await service.schedule(plan) }
            } else {
                _ = try await service.runAll()
            }
        } catch {
            guard fault != nil else { throw error }
        }
    }

    private func record(_ changes: [Change], at instant: InstantTime) {
        var table = now
        table.write(changes, at: instant)
        past.append((instant, table))
    }

    private func newestWrite() async throws -> Instant? { try await Timeline.load(table.handle).newestCompletedWrite }

    private func randomChanges() -> [Change] {
        (0..<(1 + Int(random.next() % 60))).map { _ in
            let kind: ChangeKind = [.upsert, .upsert, .upsert, .delete, .deleteByKey][Int(random.next() % 5)]
            return Change(
                kind: kind, id: "key-\(random.next() % 60)", place: "p\(random.next() % 3)", ts: Int64(random.next() % 20),
                n: random.next() % 7 == 0 ? nil : Int32(random.next() % 1000))
        }
    }

    // MARK: Reads

    private func compareReads() async throws {
        if let difference = now.differs(from: try await rows(of: .load(table.handle))) { throw Unexpected("snapshot: \(difference)") }
        guard let end = past.randomElement(using: &random), let begin = past.randomElement(using: &random) else { return }
        try await unlessForgotten("as of \(end.instant)") {
            end.table.differs(from: try await rows(of: .load(table.handle, asOf: end.instant)))
        }
        try await unlessForgotten("after \(begin.instant)") {
            Self.difference(try await rows(of: .incremental(table.handle, after: begin.instant)), in: now, after: begin.instant)
        }
        guard begin.instant < end.instant else { return }
        try await unlessForgotten("after \(begin.instant) up to \(end.instant)") {
            let read = try await rows(of: .incremental(table.handle, after: begin.instant, upTo: end.instant))
            return Self.difference(read, in: end.table, after: begin.instant)
        }
    }

    private static func difference(_ read: [String: Row], in table: PastTable, after begin: InstantTime) -> String? {
        let expected = table.keys(writtenAfter: begin)
        guard Set(read.keys) == expected else {
            return "missing \(expected.subtracting(read.keys).sorted()), too many \(Set(read.keys).subtracting(expected).sorted())"
        }
        return read.first { table.model.rows[$0.key]?.values != $0.value.values }.map { "\($0.key) holds \($0.value.values)" }
    }

    private func unlessForgotten(_ what: String, _ difference: () async throws -> String?) async throws {
        do {
            if let difference = try await difference() { throw Unexpected("\(what): \(difference)") }
        } catch let error as TableError where mayForget && [.unsupported, .notFound].contains(error.code) {
            return
        }
    }

    private func rows(of snapshot: Snapshot) async throws -> [String: Row] {
        var rows: [String: Row] = [:]
        for try await batch in snapshot.scan(withMetaFields: true) {
            for position in 0..<batch.rowCount {
                let row = Row(batch.row(at: position))
                try expect(rows.updateValue(row, forKey: row.id) == nil, "the key \(row.id) is there twice")
            }
        }
        return rows
    }

    // MARK: The end

    /// Puts the table on a disk. Later files later: modification times tell readers of Hudi 1.x what completed when.
    func copy(to folder: String) async throws {
        let disk = try LocalStore(root: folder, durability: .none)
        try await disk.makeFolder(.root.appending(".hoodie/archived"))
        let objects = try await store.list(table.handle.path, recursive: true).objects
        for object in objects.sorted(by: { ($0.modifiedMilliseconds, $0.path.name) < ($1.modifiedMilliseconds, $1.path.name) }) {
            guard let relative = object.path.relative(to: table.handle.path) else { continue }
            try await disk.put(try await store.get(object.path), at: .root.appending(String(relative)), condition: .always)
        }
    }

    /// What `tablecheck --deep` says once the next write has tidied up; what a service that died leaves to the next is none.
    func findings() async throws -> [Finding] {
        try await table.write([Change(id: "the last one", place: "p0", ts: 1, n: 1)])
        var options = CheckOptions()
        options.isDeep = true
        let report = await TableCheck(table.handle.path.text, in: store, options: options, runtime: table.handle.runtime).report()
        return report.findings.filter { !["timeline.pending", "timeline.history-disjoint"].contains($0.id) }
    }
}
