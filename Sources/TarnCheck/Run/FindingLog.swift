import TarnTable

/// Takes findings in: leaves out what was not asked for, and what is too much of one kind.
final class FindingLog {
    private let options: CheckOptions
    private var waiting: [Finding] = []
    private var counts: [String: Int] = [:]

    init(_ options: CheckOptions) { self.options = options }

    func add(_ finding: Finding) {
        guard finding.severity == .unchecked || options.wants(finding.invariant) else { return }
        counts[finding.id, default: 0] += 1
        if counts[finding.id, default: 0] <= options.findingsPerInvariant { waiting.append(finding) }
    }

    func add(_ findings: [Finding]) { findings.forEach(add) }

    /// For what a store or decoder threw where it can only mean that a part was not checked.
    func addUnchecked(_ error: any Error, at path: String, instant: InstantTime? = nil) {
        let fault = TableError(error)
        add(Finding(fault.code == .unsupported ? .unsupported : .unreadable, at: path, instant: instant, fault.message))
    }

    /// What was added since the last call.
    func take() -> [Finding] {
        defer { waiting = [] }
        return waiting
    }

    /// Says how many findings were left out.
    func close() {
        for (id, count) in counts.sorted(by: { $0.key < $1.key }) where count > options.findingsPerInvariant {
            guard let invariant = Invariant.named(id) else { continue }
            waiting.append(Finding(invariant, at: ".", "\(count - options.findingsPerInvariant) more of this kind are not listed"))
        }
    }
}
