package import TarnTable

/// Why a version of a file group goes or stays.
package enum CleanReason: Hashable, Sendable {
    // It goes:
    /// Every snapshot that is kept reads this newer version or a later one.
    case superseded(by: InstantTime)
    /// As many newer versions are kept as were asked for.
    case beyondVersions(Int)
    /// The group was replaced, before every snapshot that is kept.
    case replaced(by: InstantTime)

    // It stays:
    case newest
    /// Written by a commit that is kept, or after it.
    case retained(from: InstantTime)
    /// The version that the oldest commit that is kept reads.
    case readAt(InstantTime)
    case amongVersions(Int)
    /// Snapshots that are kept are from before the replacement.
    case replacedLately(by: InstantTime)
    case savepoint(InstantTime)
    case pendingCompaction(InstantTime)
    case pendingClustering(InstantTime)
    /// There are not more commits than are kept.
    case nothingIsOld

    package var isDeletion: Bool {
        switch self {
        case .superseded, .beyondVersions, .replaced: true
        default: false
        }
    }
}

extension CleanReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .superseded(let newer): "superseded by the version of \(newer)"
        case .beyondVersions(let count): "\(count) newer versions are kept"
        case .replaced(let instant): "its file group was replaced by \(instant)"
        case .newest: "the newest version"
        case .retained(let from): "written at \(from) or later"
        case .readAt(let instant): "read by the snapshot of \(instant)"
        case .amongVersions(let count): "one of the \(count) newest versions"
        case .replacedLately(let instant): "snapshots before its replacement by \(instant) are kept"
        case .savepoint(let instant): "the savepoint \(instant) keeps it"
        case .pendingCompaction(let instant): "the pending compaction \(instant) reads it"
        case .pendingClustering(let instant): "the pending clustering \(instant) reads it"
        case .nothingIsOld: "no commit is older than those that are kept"
        }
    }
}
