import TarnBase
import TarnCheck
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// One defect of a sound merge-on-read table, and the one invariant that it breaks.
struct LogCorruption: CustomTestStringConvertible, Sendable {
    let id: String
    let what: String
    var isDeep = true
    let apply: @Sendable (CheckedLogTable) async throws -> Void

    var testDescription: String { "\(id): \(what)" }

    private static let later = InstantTime("20260110080200000")!

    /// Changes bytes of the log that the delta commit wrote, its length apart.
    private static func flip(_ table: CheckedLogTable, _ place: @Sendable ([UInt8]) -> Int) async throws {
        let log = try await table.name(version: 1)
        var bytes = try await table.plain.get(table.plain.handle.path.appending(table.path(log))).array
        bytes[place(bytes)] ^= 0x40
        try await table.put(bytes, log: log)
    }

    /// Where the first block ends: at the second magic.
    private static func secondBlock(_ bytes: [UInt8]) -> Int { bytes.indices.dropFirst().first { bytes[$0...].starts(with: LogBytes.magic) } ?? bytes.count }

    static let all: [LogCorruption] = [
        .init(id: "log.frames", what: "a total that disagrees") { try await flip($0) { secondBlock($0) - 1 } },
        .init(id: "log.frames", what: "a header that does not add up") { try await flip($0) { _ in 25 } },
        .init(id: "log.block-decodes", what: "fewer records than it says") { try await flip($0) { contentStart($0) + 7 } },
        .init(id: "log.block-decodes", what: "a delete block that ends early") { try await flip($0) { $0.count - 13 } },
        .init(id: "log.rollback-target-exists", what: "a rollback of what is completed") { table in
            try await table.put(LogBytes.rollback(of: "\(table.appended)", at: "\(table.rollback)"), log: try await table.name(version: 4))
        },
        .init(id: "log.rollback-target-exists", what: "no rollback of that instant") { table in
            try await table.put(LogBytes.rollback(of: "\(table.failed)", at: "\(later)"), log: try await table.name(version: 4))
        },
        .init(id: "log.meta-fields", what: "another commit time") { table in
            try await table.append(try table.block(later, [table.row(2, ts: 7000)]), as: try await table.name(version: 4), at: later, writes: 1)
        },
        .init(id: "keys.partition-matches", what: "another partition path") { table in
            let row = table.row(2, ts: 7000, partition: "place=odd", time: later)
            try await table.append(try table.block(later, [row]), as: try await table.name(version: 4), at: later, writes: 1)
        },
        .init(id: "keys.partition-matches", what: "columns that give another partition") { table in
            let row = table.row(2, ts: 7000, place: "odd", time: later)
            try await table.append(try table.block(later, [row]), as: try await table.name(version: 4), at: later, writes: 1)
        },
        .init(id: "keys.unique", what: "a log brings a key of another group") { table in
            try await table.append(try table.block(later, [table.row(1, ts: 7000, time: later)]), as: try await table.name(version: 4), at: later, writes: 1)
        },
        .init(id: "orphan.no-instant", what: "a block of no instant") { table in
            try await table.put(try table.block(later, [table.row(2, ts: 7000, time: later)]), log: try await table.name(version: 4))
        },
        .init(id: "orphan.unnamed", what: "a log that its commit does not name") { table in
            try await table.append(try table.block(later, [table.row(2, ts: 7000, time: later)]), as: try await table.name(version: 4), at: later, writes: 1, isNamed: false)
        },
        .init(id: "slice.log-has-group", what: "a base instant without base file", isDeep: false) { table in
            let name = try await table.name(version: 1, on: table.appended)
            try await table.append(try table.block(later, [table.row(2, ts: 7000, time: later)]), as: name, at: later, writes: 1)
        },
        .init(id: "slice.log-has-group", what: "a base instant newer than its blocks", isDeep: false) { table in
            let name = try await table.name(version: 1, on: later)
            let block = try table.block(table.appended, [table.row(2, ts: 5000)])
            try await table.put(block, log: name)
            try await table.editAppend { $0 = stat($0, name, byteCount: block.count) }
            try await table.append([], as: try await table.name(version: 5), at: later, writes: 0, isNamed: false)
            try await table.plain.remove(table.plain.handle.path.appending(table.path(try await table.name(version: 5))))
            try await table.plain.remove(table.plain.handle.path.appending(table.path(try await table.name(version: 1))))
        },
        .init(id: "commit.row-counts", what: "other than the records of the blocks") { try await $0.editAppend { $0.writes += 1 } },
        .init(id: "commit.sizes", what: "a log's other size", isDeep: false) { try await $0.editAppend { $0.fileSize += 1 } },
        .init(id: "commit.stats", what: "another log version") { try await $0.editAppend { $0.logAppend?.version = 9 } },
        .init(id: "commit.stats", what: "an offset behind the end") { try await $0.editAppend { $0.logAppend?.offset = 1 << 40 } },
        .init(id: "commit.stats", what: "a base file as a path") { try await $0.editAppend { $0.logAppend?.baseFile.insert(contentsOf: "place=even/", at: "".startIndex) } },
        .init(id: "commit.stats", what: "log files without the log itself") { try await $0.editAppend { $0.logAppend?.logFiles = [] } },
        .init(id: "commit.stats", what: "a log of another slice") { try await $0.editAppend { $0.logAppend?.logFiles.append(".x_20260101000000000.log.1_0-1-2") } },
        .init(id: "commit.stats", what: "a previous commit that is not the base instant") { try await $0.editAppend { $0.previousInstant = "20200101000000000" } },
        .init(id: "commit.stats", what: "no log members") { try await $0.editAppend { $0.logAppend = nil } },
        .init(id: "plan.files-exist", what: "a log that is not there") { table in
            try await table.schedule(try await table.names(1, 2, 3, 9), at: "\(later)")
        },
        .init(id: "plan.files-exist", what: "a plan that Spark cannot run") { table in
            try await table.schedule(try await table.names(1, 2, 3), at: "\(later)", metrics: false)
        },
        .init(id: "plan.covers-every-log", what: "a log that was left out") { table in
            try await table.schedule(try await table.names(2, 3), at: "\(later)")
        },
        .init(id: "rewrite.rows-in-equal-rows-out", what: "the rows twice", isDeep: false) { table in
            let odd = try #require(try await table.plain.latest.first { $0.partition.text == "place=odd" })
            let rows = try await BaseFileReader.open(odd, in: table.plain.handle).rowCount
            var metadata = try await table.commit(2)
            metadata.operation = .cluster
            metadata.partitions = [.init("place=odd", [])]
            for digit in ["1", "2"] {
                let other = BaseFileName(FileID("00000000-0000-4000-8000-00000000000\(digit)-0")!, odd.name.token, later)
                try await table.plain.copy(odd, as: other)
                metadata.partitions[0].stats.append(
                    WriteStat(fileID: other.fileID.text, path: "place=odd/\(other)", partitionPath: "place=odd", writes: rows, inserts: rows, fileSize: odd.size))
            }
            metadata.replacedGroups = [.init("place=odd", [odd.fileID.text])]
            for (state, bytes) in [(InstantState.requested, Bytes()), (.inflight, Bytes()), (.completed, metadata.encoded())] {
                try await table.plain.put(bytes, at: table.plain.handle.timelineFile(InstantFileName(later, .replaceCommit, state)))
            }
        },
        .init(id: "replaced.gone-before-archival", what: "the replaced files are there", isDeep: false) { table in
            try await table.archive("20260110080050000", "replacecommit", replacing: [try await table.base.fileID.text])
        },
    ]

    /// Where the content of the first block begins.
    private static func contentStart(_ bytes: [UInt8]) -> Int {
        var place = 26
        for _ in 0..<Int(bytes[25]) { place += 8 + Int(bytes[place + 5]) << 16 + Int(bytes[place + 6]) << 8 + Int(bytes[place + 7]) }
        return place + 8
    }

    /// The stat of a log under another name.
    private static func stat(_ stat: WriteStat, _ name: LogFileName, byteCount: Int) -> WriteStat {
        var stat = stat
        stat.fileSize = Int64(byteCount)
        stat.path = "\(CheckedLogTable.partition)/\(name)"
        stat.previousInstant = "\(name.baseInstant)"
        stat.writes = 1
        stat.logAppend = .init(version: Int64(name.version), offset: 0, baseFile: "", logFiles: [name.text])
        return stat
    }
}

/// Merge-on-read tables as `tablecheck` judges them.
@Suite struct LogCorruptionTests {
    @Test func `a sound table with logs, a rollback and a pending compaction has nothing but that plan`() async throws {
        let table = try await CheckedLogTable()
        let sound = await table.report()
        #expect(sound.isEmpty, "\(sound.findings.map(\.description).joined(separator: "\n"))")
        #expect(sound.checked.fileGroups == 2)
        try await table.schedule(try await table.names(1, 2, 3), at: "20260110080200000")
        #expect(Set(await table.report().findings.map(\.id)) == ["timeline.pending"])
    }

    @Test(arguments: LogCorruption.all)
    func `a defect is found under its invariant, and no other`(_ corruption: LogCorruption) async throws {
        let table = try await CheckedLogTable()
        try await corruption.apply(table)
        let report = await table.report(deep: corruption.isDeep)
        let errors = Set(report.findings.filter { $0.severity == .error }.map(\.id))
        #expect(errors == [corruption.id], "\(report.findings.map(\.description).joined(separator: "\n"))")
        for finding in report.findings { #expect(!finding.message.isEmpty && !finding.likelyCause.isEmpty && !finding.repair.isEmpty && !finding.path.isEmpty) }
    }

    @Test func `what a dead writer left of a block is a warning, an instant that is archived too is one`() async throws {
        let table = try await CheckedLogTable()
        let torn = try table.block(table.failed, [table.row(8, ts: 6000, time: table.failed)])
        try await table.put(Array(torn.dropLast(20)), log: try await table.name(version: 2))
        try await table.archive("\(try await table.plain.instants[0].time)", "deltacommit")
        let findings = await table.report().findings
        #expect(Set(findings.map(\.id)) == ["log.frames", "timeline.history-disjoint"], "\(findings)")
        #expect(findings.allSatisfy { $0.severity == .warning })
    }

    @Test func `blocks that only other engines read are unchecked, not sound`() async throws {
        let table = try await CheckedLogTable()
        let time = InstantTime("20260110080200000")!
        let hfile = LogBytes.block(4, [(0, "\(time)"), (2, try table.schemaText)], [1, 2, 3])
        try await table.append(hfile, as: try await table.name(version: 4), at: time, writes: 1)
        let findings = await table.report().findings
        #expect(!findings.isEmpty && findings.allSatisfy { $0.severity == .unchecked }, "\(findings)")
    }

    @Test func `a log of many blocks is decoded block by block in bounded memory`() async throws {
        let table = try await CheckedLogTable()
        let time = InstantTime("20260110080200000")!
        let block = try table.block(time, (0..<200).map { _ in table.row(2, ts: 7000, time: time) })
        let bytes = Array(repeatElement(block, count: 300).joined())
        try await table.append(bytes, as: try await table.name(version: 4), at: time, writes: 60_000)
        let recording = RecordingStore(table.plain.store)
        let report = await table.plain.report(in: recording)
        #expect(report.isEmpty, "\(report.findings)")
        let largest = recording.calls.compactMap { call -> Int64? in
            if case .get(_, let ranges) = call { ranges?.map { $0.upperBound - $0.lowerBound }.max() } else { nil }
        }
        #expect(Int64(bytes.count) > 5 << 20 && largest.max() ?? 0 <= 4 << 20)
    }
}
