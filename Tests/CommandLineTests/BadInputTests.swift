import TarnBase
import TarnTestSupport
import Testing

/// Every kind of bad input has one outcome: refused with the line and the reason and nothing written, or quarantined with its
/// place in the source while the rest is committed.
@Suite struct BadInputTests {
    private static let good = #"{"id":"a","ts":1,"day":"d1","n":1,"note":"x"}"#

    /// A line that is not a row, and a piece of the reason.
    private static let badRows: [(line: String, reason: String)] = [
        (#"{"id":"b","ts":1,"day":"d1""#, "JSON"),
        (#"{"ts":1,"day":"d1"}"#, "id"),
        (#"{"id":null,"ts":1,"day":"d1"}"#, "id"),
        (#"{"id":"b","ts":null,"day":"d1"}"#, "ts"),
        (#"{"id":"b","ts":1,"day":null}"#, "day"),
        (#"{"id":"b","ts":1,"day":"d1","n":"three"}"#, "n"),
        (#"{"id":"b","ts":1,"day":"d1","n":3000000000}"#, "n"),
        (#"{"id":"b","ts":1,"day":"d1","note":{"text":"x"}}"#, "note"),
        (#"{"id":"b","ts":1,"day":"d1","extra":1}"#, "extra"),
        (#"{"id":"b","ts":1,"day":"a/b"}"#, "day"),
    ]

    @Test(arguments: badRows.indices)
    func `a write with a bad row is refused with its line and reason, and nothing is written`(index: Int) throws {
        let place = try Workplace()
        try place.create()
        let bad = Self.badRows[index]
        let refused = try place.write([Self.good, bad.line, Self.good].joined(separator: "\n") + "\n")
        #expect(refused.exitCode == 1, "\(refused.output)\(refused.errors)")
        #expect(refused.errors.contains("2") && refused.errors.contains(bad.reason), "\(refused.errors)")
        #expect(try place.rows() == [])
        #expect(try place.findings() == [])
    }

    @Test func `an ingest quarantines bad events with their place and reason, and commits the others`() throws {
        let place = try Workplace()
        try place.create()
        var lines = [Self.good]
        lines += Self.badRows.map(\.line)
        let events = try place.file("events.ndjson", lines.joined(separator: "\n") + "\n")
        let done = try Programs.tarn("ingest", place.table, "--from", events, "--envelope", "plain", "--json")
        #expect(done.exitCode == 0, "\(done.errors)")
        #expect(try place.rows() == [Self.good])
        let commits = try done.jsonLines
        #expect(commits.compactMap { $0["events"]?["quarantined"]?.intValue }.reduce(0, +) == Int64(Self.badRows.count))
        let kept = try ChildProcess.run(["sh", "-c", "cat \(place.table).quarantine/*.ndjson"]).jsonLines
        #expect(kept.count == Self.badRows.count)
        for (entry, bad) in zip(kept, Self.badRows) {
            #expect(entry["reason"]?.stringValue?.contains(bad.reason) == true, "\(entry)")
            #expect(entry["line"]?.intValue != nil || entry["offset"]?.intValue != nil, "\(entry)")
        }
        #expect(try place.findings() == [])
    }

    @Test(arguments: ["..", ".", "a/b", ".hoodie"])
    func `a partition value that would leave its folder is refused where values are folders`(value: String) throws {
        let place = try Workplace()
        try place.create("--hive-style", "off")
        let refused = try place.write(#"{"id":"b","ts":1,"day":"\#(value)"}"# + "\n")
        #expect(refused.exitCode == 1 && refused.errors.contains("partition"), "\(refused.output)\(refused.errors)")
        #expect(try place.rows() == [])
    }

    @Test func `bytes that are not UTF-8 are refused by a write and quarantined by an ingest`() throws {
        let place = try Workplace()
        try place.create()
        let line = Array(#"{"id":"b","ts":1,"day":"d1","note":""#.utf8) + [0xFF, 0xFE] + Array("\"}\n".utf8)
        let refused = try ChildProcess.run([Programs.tarnPath, "write", place.table, "-", "--input-format", "ndjson"], input: line)
        #expect(refused.exitCode == 1 && refused.errors.contains("UTF-8"), "\(refused.errors)")
        let taken = try ChildProcess.run(
            [Programs.tarnPath, "ingest", place.table, "--from", "-", "--envelope", "plain", "--json"], input: Array(Self.good.utf8) + [0x0A] + line)
        #expect(taken.exitCode == 0, "\(taken.errors)")
        #expect(try place.rows() == [Self.good])
        #expect(try place.findings() == [])
    }

    @Test func `a last line without its end is not half a row`() throws {
        let place = try Workplace()
        try place.create()
        let cut = Self.good + "\n" + #"{"id":"b","ts":1,"#
        let refused = try place.write(cut)
        #expect(refused.exitCode == 1 && refused.errors.contains("2"), "\(refused.errors)")
        #expect(try place.rows() == [])
    }

    @Test(arguments: ["with space", "1st", "a-b", "_hoodie_mine", "ID"])
    func `a column name that Avro or Glue cannot hold is refused before anything is written`(name: String) throws {
        let place = try Workplace()
        let schema = try place.file("bad.avsc", #"{"type":"record","name":"t","fields":[{"name":"id","type":"string"},{"name":"\#(name)","type":"string"}]}"#)
        let refused = try Programs.tarn("create", place.table, "--schema", schema, "--record-key", "id")
        #expect(refused.exitCode == 1 && refused.errors.contains(name), "\(refused.errors)")
        #expect(try ChildProcess.run(["ls", place.table]).exitCode != 0)
    }

    @Test func `a contract that does not work yet is refused by name`() throws {
        let place = try Workplace()
        try place.create()
        let refused = try Programs.tarn("ingest", place.table, "--from", "-", "--contract", "additive", input: Self.good)
        #expect(refused.exitCode == 2 && refused.errors.contains("unsupported") && refused.errors.contains("additive"))
    }
}
