import TarnCheck
import TarnStorage
import TarnTestSupport
import Testing

/// Tables that Spark wrote, in `Fixtures/golden`: what the checker says of them.
@Suite struct SoundTableTests {
    /// What is wrong by Tarn's measure and legal by Spark's: a warning, and true.
    private static let warnings: [String: Set<String>] = [
        "v6-0.15-cow-types-bulkinsert-rowwriter": ["keys.unique"],
        "v6-0.15-cow-occ-conflict-loser": ["timeline.pending"],
        "v6-0.15-cow-upsert-killed": ["timeline.pending"],
        "v6-0.15-cow-insert-timeline-markers-killed": ["timeline.pending"],
        "v6-0.15-cow-clean-killed": ["timeline.pending"],
        "v6-1.2.0-cow-write-table-version": ["properties.complete", "check.metadata-table"],
        "v6-0.15-mor-bucket-consistent-replace": ["orphan.foreign-file"],
        "v6-0.15-mor-bucket-consistent-split": ["orphan.foreign-file"],
        "v6-0.15-mor-compaction-killed": ["timeline.pending"],
        "v6-0.15-mor-log-only-pending-compaction": ["timeline.pending"],
        "v6-0.15-mor-logonly-pending-compaction": ["timeline.pending"],
        "v6-0.15-mor-mdt-files": ["check.metadata-table"],
        "v6-0.15-mor-pending-clustering": ["timeline.pending"],
        "v6-0.15-mor-pending-compaction": ["timeline.pending"],
        "v6-0.15-mor-pending-compaction-after-run": ["timeline.pending"],
        "v6-0.15-mor-pending-compaction-overwrite": ["timeline.pending"],
        "v6-0.15-mor-pending-compaction-two": ["timeline.pending"],
        "v6-0.15-mor-upgrade-pendingcompaction-before": ["timeline.pending"],
        "v6-0.15-mor-upsert-killed": ["timeline.pending"],
        "v6-0.15.0-mor-alternating-start": ["check.metadata-table"],
        "v6-0.15.0-mor-before-upgrade": ["check.metadata-table"],
        "v6-0.15.0-mor-partial-payload-before-upgrade": ["check.metadata-table"],
        "v6-1.0.2-mor-archived": ["properties.complete"],
        "v6-1.0.2-mor-logs": ["properties.complete"],
        "v6-1.0.2-mor-types": ["properties.complete"],
        "v6-1.0.2-mor-upgrade-pendingcompaction-downgraded": ["timeline.pending"],
    ]

    /// What is not judged: HFile blocks, keys in logs without meta fields, logs written before a downgrade.
    private static let unchecked: [String: Set<String>] = [
        "v6-0.15-mor-hfilelog": ["check.unsupported", "check.unreadable"],
        "v6-0.15-mor-nometa": ["check.unsupported"],
        "v6-1.0.2-mor-upgrade-pendingcompaction-downgraded": ["check.unsupported"],
    ]

    /// A partition inside another, which Spark wrote and does not read.
    private static let errors: [String: Set<String>] = ["v6-0.15-mor-partodd-nested": ["partition.metadata"]]

    @Test(arguments: FixtureTable.names)
    func `a sound table of Spark's has no errors, every page decoded`(name: String) async throws {
        let golden = try FixtureTable(name)
        var options = CheckOptions()
        options.isDeep = true
        let report = await TableCheck(name, in: golden.store, options: options).report()
        func told(_ severity: Severity) -> Set<String> { Set(report.findings.filter { $0.severity == severity }.map(\.id)) }
        // Python unpacks without the modification times, which one of the warnings looks at.
        #expect(told(.warning).subtracting(["timeline.modified-in-order"]) == Self.warnings[name] ?? [])
        let others = report.findings.filter { $0.severity != .warning }.map(\.description).joined(separator: "\n")
        #expect(told(.unchecked) == Self.unchecked[name] ?? [] && told(.error) == Self.errors[name] ?? [], "\(others)")
        // Groups of logs alone have no footer that tells of rows.
        #expect(report.checked.files > 0 && (report.checked.records > 0 || name.contains("-mor-")))
    }
}
