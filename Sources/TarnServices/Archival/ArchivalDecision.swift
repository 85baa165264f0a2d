package import TarnTable

/// Which instants an archival would move, with the reason for every completed one.
package struct ArchivalDecision: Sendable {
    package struct Verdict: Hashable, Sendable {
        package let instant: Instant
        package let reason: ArchivalReason
    }

    package let keeping: ClosedRange<Int>
    /// Cleans, then rollbacks, then writes, each ascending.
    package let verdicts: [Verdict]

    /// From nothing but the arguments (``ArchivalPlanner``).
    package static func of(_ ground: ArchivalGround, keeping: ClosedRange<Int>) -> ArchivalDecision {
        ArchivalPlanner(ground, keeping: keeping).decide()
    }

    /// In the order in which they are archived.
    package var archived: [Instant] { verdicts.filter(\.reason.isArchival).map(\.instant) }
    package var isEmpty: Bool { !verdicts.contains { $0.reason.isArchival } }
}
