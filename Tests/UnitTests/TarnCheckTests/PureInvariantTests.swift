import TarnBase
import TarnCheck
import TarnColumns
import TarnTable
import Testing

/// Invariants on small values, without a table.
@Suite struct PureInvariantTests {
    private func timeline(_ names: [String]) -> Timeline {
        Timeline(files: names.enumerated().map { Timeline.File(name: InstantFileName($1)!, size: 0, modifiedMilliseconds: Int64($0)) })
    }

    @Test func `a completed compaction is one action, a commit beside it another`() {
        let compaction = timeline(["20260110080000000.compaction.requested", "20260110080000000.compaction.inflight", "20260110080000000.commit"])
        #expect(TimelineInvariants.check(compaction).isEmpty)
        let both = timeline(["20260110080000000.compaction.requested", "20260110080000000.commit.requested", "20260110080000000.commit"])
        #expect(TimelineInvariants.check(both).contains { $0.id == "timeline.one-completion-per-instant" })
    }

    @Test func `a savepoint shares its commit's instant, and a late file is a warning`() {
        let names = [
            "20260110080000001.commit.requested", "20260110080000001.inflight", "20260110080000001.commit", "20260110080000000.commit.requested",
            "20260110080000000.inflight", "20260110080000000.commit", "20260110080000000.savepoint.inflight", "20260110080000000.savepoint",
        ]
        let findings = TimelineInvariants.check(timeline(names))
        #expect(findings.map(\.id) == ["timeline.modified-in-order"] && findings[0].severity == .warning)
    }

    @Test func `a compaction that is completed after newer delta commits is no late file, a delta commit is`() {
        func late(_ completed: [String]) -> [String] {
            let begun = ["20260110080000001.compaction.requested", "20260110080000000.deltacommit.requested", "20260110080000002.deltacommit.requested"]
            return TimelineInvariants.check(timeline(begun + completed)).filter { $0.id == "timeline.modified-in-order" }.map(\.path)
        }
        #expect(late(["20260110080000000.deltacommit", "20260110080000002.deltacommit", "20260110080000001.commit"]) == [])
        #expect(late(["20260110080000002.deltacommit", "20260110080000000.deltacommit", "20260110080000001.commit"]) == [".hoodie/20260110080000002.deltacommit"])
    }

    @Test func `spellings of one release pass, a mix does not`() throws {
        func severities(_ keys: [(String, String)]) -> [Severity] {
            let common = [
                ("hoodie.table.name", "t"), ("hoodie.table.type", "COPY_ON_WRITE"), ("hoodie.table.version", "6"), ("hoodie.timeline.layout.version", "1"),
                ("hoodie.table.checksum", "\(TableProperties.checksum(database: nil, name: "t"))"),
            ]
            return PropertiesInvariants.check(JavaProperties(common + keys)).map(\.severity)
        }
        let oldGenerator = ("hoodie.table.keygenerator.class", "org.apache.hudi.keygen.SimpleKeyGenerator")
        #expect(severities([oldGenerator, ("hoodie.table.precombine.field", "ts")]) == [])
        #expect(severities([oldGenerator, ("hoodie.table.ordering.fields", "ts")]) == [.error])
        #expect(severities([("hoodie.table.keygenerator.type", "SIMPLE"), ("hoodie.table.ordering.fields", "ts")]) == [.warning, .warning])
        #expect(severities([oldGenerator, ("hoodie.populate.meta.fields", "yes")]) == [.error])
    }

    @Test func `a ledger may only move on`() {
        func ledger(_ next: [String: Int64], files: Int = 0) -> SourceLedger {
            var ledger = SourceLedger()
            for (name, next) in next { ledger.advance(name, by: .init(next: next, rows: 0, firstEventMilliseconds: nil, lastEventMilliseconds: nil, maximumEventMilliseconds: nil), at: 0) }
            for file in 0..<files { ledger.finish(.init(id: "f\(file)", rows: 1, maximumEventMilliseconds: nil, atMilliseconds: 0), unfinishedAs: "none") }
            return ledger
        }
        #expect(LedgerInvariants.falls(from: ledger(["s/0": 5]), to: ledger(["s/0": 5, "s/1": 0])).isEmpty)
        #expect(LedgerInvariants.falls(from: ledger(["s/0": 5]), to: ledger(["s/0": 4])).count == 1)
        #expect(LedgerInvariants.falls(from: ledger(["s/0": 5]), to: ledger([:])).count == 1)
        // The last line of an unfinished file was taken.
        #expect(LedgerInvariants.falls(from: ledger(["f": 5]), to: ledger([:], files: 1)).isEmpty)
        #expect(LedgerInvariants.falls(from: ledger([:], files: 2), to: ledger([:], files: 1)).count == 1)
    }

    @Test func `a side file fits its content and no other`() throws {
        let content = Bytes((0..<1300).map { UInt8(truncatingIfNeeded: $0) })
        var text = ByteBuilder()
        text.append(Bytes("crc\0"))
        text.append(bigEndian: Int32(512))
        for start in stride(from: 0, to: 1300, by: 512) { text.append(bigEndian: Int32(bitPattern: CRC32.checksum(of: content[start..<min(start + 512, 1300)]))) }
        let side = try #require(SideFile(text.finish()))
        #expect(side.fits(byteCount: 1300) && side.fits(content, from: 0) && side.fits(content[512..<1300], from: 512))
        #expect(!side.fits(byteCount: 512) && !side.fits(byteCount: .max) && !side.fits(content[0..<1299], from: 0))
        #expect(SideFile(Bytes("crc\0")) == nil && SideFile(Bytes([UInt8](repeating: 0, count: 12))) == nil)
    }

    @Test func `texts are joined, numbered and ordered as Java has them`() {
        let joined = Column.joinedText([("a:", Column(strings: ["1", nil, ""])), ("b:", Column(strings: ["x", "y", "z"]))], separator: ",", null: "__null__", empty: "__empty__")
        #expect((0..<3).map { joined.text(at: $0) } == ["a:1,b:x", "a:__null__,b:y", "a:__empty__,b:z"])
        let times = Column(strings: ["20", "20", "20", "20", nil])
        #expect(Column(strings: ["20_1_2", "20_0_0", "20_11_3", "20_1_22", "x"]).firstRow(notNumbered: times, groups: 2) == nil)
        for wrong in ["20", "20_1", "21_1_2", "20_1_2_3", "20__2", "20_1_", "20_1_x", "201_2"] {
            #expect(Column(strings: ["20_1_2", wrong]).firstRow(notNumbered: Column(strings: ["20", "20"]), groups: 2) == 1, "\(wrong)")
        }
        // U+FF5E stands behind U+1F41F in UTF-16, before it in UTF-8.
        let mixed = Column(strings: ["a", "\u{FF5E}", "\u{1F41F}"])
        #expect(mixed.minMaxByUTF16()?.max == .text(Bytes("\u{FF5E}")) && mixed.minMax()?.max == .text(Bytes("\u{1F41F}")))
        #expect(Column(strings: ["b", "b", nil, "a", "b", "c"]).firstRowsOfValues(limit: 9) == [0, 3, 5])
    }
}
