import TarnCheck
import TarnStorage
import TarnTestSupport
import Testing

/// Tables that Spark wrote, in `Fixtures/golden`: what the checker says of them.
@Suite struct SoundTableTests {
    static let names = FixtureTable.names.filter { $0.contains("-cow-") }

    /// What is wrong by Tarn's measure and legal by Spark's: a warning, and true.
    private static let warnings: [String: Set<String>] = [
        "v6-0.15-cow-types-bulkinsert-rowwriter": ["keys.unique"],
        "v6-0.15-cow-occ-conflict-loser": ["timeline.pending"],
        "v6-0.15-cow-upsert-killed": ["timeline.pending"],
        "v6-0.15-cow-insert-timeline-markers-killed": ["timeline.pending"],
        "v6-0.15-cow-clean-killed": ["timeline.pending"],
        "v6-1.2.0-cow-write-table-version": ["properties.complete", "check.metadata-table"],
    ]

    @Test func `the fixtures are there`() { #expect(Self.names.count >= 20) }

    @Test(arguments: names)
    func `a sound table of Spark's has no errors, every page decoded`(name: String) async throws {
        let golden = try FixtureTable(name)
        var options = CheckOptions()
        options.isDeep = true
        let report = await TableCheck(name, in: golden.store, options: options).report()
        #expect(report.findings.allSatisfy { $0.severity == .warning }, "\(report.findings.map(\.description).joined(separator: "\n"))")
        // Python unpacks without the modification times, which one of the warnings looks at.
        let told = Set(report.findings.map(\.id)).subtracting(["timeline.modified-in-order"])
        #expect(told == Self.warnings[name] ?? [])
        #expect(report.checked.files > 0 && report.checked.records > 0)
    }
}
