import TarnBase
import TarnTestSupport
import Testing

/// `make demo`, without the build: its script with the programs that are tested.
@Suite struct DemoTests {
    @Test func `the demo ends in the generator's own state, sound, and names the partition that stands still`() throws {
        let folder = try TemporaryFolder()
        let demo = folder.path + "/demo"
        let table = demo + "/conversations"
        let done = try ChildProcess.run(
            ["bash", repositoryFolder + "/Fixtures/events/demo.sh"],
            environment: ["TARN": Programs.tarnPath, "TABLECHECK": Programs.tablecheckPath, "DEMO": demo])
        #expect(done.exitCode == 0, "\(done.output)\(done.errors)")
        #expect(done.errors.isEmpty, "\(done.errors)")
        #expect(done.output.contains("exit code 137: killed"), "\(done.output)")
        #expect(done.output.contains("stalled cdc.conversations/2"), "\(done.output)")
        #expect(done.output.contains("rolled back"), "\(done.output)")
        #expect(done.output.contains("expected string, found object"), "\(done.output)")

        let rows = try Programs.tarn("query", table, "--format", "ndjson").jsonLines
        let expected = try ChildProcess.run(["cat", demo + "/expected.ndjson"]).jsonLines
        #expect(rows.count == expected.count && Set(rows.map(comparable)) == Set(expected.map(comparable)))
        #expect(try Judges.findings([table]) == [])

        // The readings that the demo leaves name it again, to whoever asks.
        let lag = try Programs.tarn("lag", table, "--probe", demo + "/probe.json", "--json")
        #expect(lag.exitCode == 1, "\(lag.output)\(lag.errors)")
    }

    @Test func `the sample events are what their generator makes`() throws {
        let made = try ChildProcess.run(["python3", repositoryFolder + "/Fixtures/events/make_events.py", "--check"])
        #expect(made.exitCode == 0, "\(made.errors)")
    }

    /// Members by name, numbers by value.
    private func comparable(_ row: JSON) -> [String: String] {
        var members: [String: String] = [:]
        for member in row.objectValue ?? [] {
            members[member.name] = if case .number(let digits) = member.value, digits.contains(".") { "\(Double(digits) ?? .nan)" } else { "\(member.value)" }
        }
        return members
    }
}
