import TarnBase
import TarnCheck

/// A report for people: findings by invariant, the worst first.
struct ReportText {
    let text: String

    init(_ report: CheckReport, table: String) {
        var lines: [String] = []
        let byInvariant = Dictionary(grouping: report.findings, by: \.invariant)
        let severities = byInvariant.mapValues { $0.map(\.severity).max() ?? .warning }
        let order = Invariant.all.enumerated().filter { byInvariant[$0.element] != nil }.sorted { left, right in
            let (l, r) = (severities[left.element] ?? .warning, severities[right.element] ?? .warning)
            return l == r ? left.offset < right.offset : l > r
        }
        for (_, invariant) in order {
            let findings = byInvariant[invariant] ?? []
            lines.append("\(ReportText.word(severities[invariant] ?? .warning))  \(invariant.id)  (\(invariant.statement))")
            for finding in findings {
                let instant = finding.instant.map { " [\($0)]" } ?? ""
                let differs = finding.severity == severities[invariant] ? "" : "\(ReportText.word(finding.severity)): "
                lines.append("    \(finding.path)\(instant): \(differs)\(finding.message)")
            }
            lines.append("    cause:  \(invariant.likelyCause)")
            lines.append("    repair: \(invariant.repair)")
            lines.append("")
        }
        lines.append(ReportText.summary(report, table: table))
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func word(_ severity: Severity) -> String {
        switch severity {
        case .error: "ERROR"
        case .unchecked: "NOT CHECKED"
        case .warning: "warning"
        }
    }

    private static func summary(_ report: CheckReport, table: String) -> String {
        func count(_ severity: Severity) -> Int { report.findings.count { $0.severity == severity } }
        func plural(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        let checked = report.checked
        let seen = [
            plural(checked.instants, "instant"), plural(checked.fileGroups, "file group"), plural(checked.files, "file"),
            "\(ByteCount(checked.bytes))", "\(checked.records) record\(checked.records == 1 ? "" : "s")",
        ].joined(separator: ", ")
        var verdict: [String] = []
        if count(.error) > 0 { verdict.append(plural(count(.error), "error")) }
        if count(.unchecked) > 0 { verdict.append("\(plural(count(.unchecked), "part")) not checked") }
        if count(.warning) > 0 { verdict.append(plural(count(.warning), "warning")) }
        return "\(table): \(verdict.isEmpty ? "sound" : verdict.joined(separator: ", ")) (\(seen))"
    }
}
