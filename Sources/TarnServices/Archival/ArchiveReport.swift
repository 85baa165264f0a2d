package import TarnStorage
public import TarnTable

/// What an archival did; `archived` is empty when there was nothing to do.
public struct ArchiveReport: Sendable {
    /// The instants that left the active timeline.
    public internal(set) var archived: [InstantTime] = []
    /// Names of the archive files made.
    public internal(set) var files: [String] = []
    /// Failed writes that were undone first.
    public internal(set) var rolledBack: [InstantTime] = []
    public internal(set) var seconds = 0.0
    package internal(set) var requests = RequestCounts()
}
