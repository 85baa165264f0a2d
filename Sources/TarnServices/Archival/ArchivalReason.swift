package import TarnTable

/// Why an instant leaves the active timeline or stays on it.
package enum ArchivalReason: Hashable, Sendable {
    /// As many newer ones are kept as were asked for. It leaves.
    case older(keeping: Int)
    /// An archival died behind its record. It leaves, however many there are.
    case archivedBefore

    // It stays:
    case amongNewest(Int)
    /// There are not more than may stay.
    case fewEnough(Int)
    /// Nothing is archived from an unfinished instant on: what is older than the timeline counts as committed.
    case pending(InstantTime)
    case savepoint(InstantTime)
    /// Without this replacecommit on the timeline the files of the group would count again.
    case replacedFiles(FileGroupID)
    /// No newer commit carries this entry of the extra metadata.
    case carries(String)
    /// No newer commit says what the columns are.
    case carriesSchema
    /// A file of an instant that never completed would count as committed.
    case orphan(String)
    /// An older instant stays, and the timeline has no holes.
    case behind(InstantTime)

    package var isArchival: Bool {
        switch self {
        case .older, .archivedBefore: true
        default: false
        }
    }
}

extension ArchivalReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .older(let count): "\(count) newer ones are kept"
        case .archivedBefore: "in the archive since an archival that was cut short"
        case .amongNewest(let count): "one of the \(count) newest"
        case .fewEnough(let count): "not more than \(count)"
        case .pending(let instant): "\(instant) is not finished"
        case .savepoint(let instant): "the savepoint \(instant)"
        case .replacedFiles(let group): "files of the file group it replaced are still there: \(group.partition)/\(group.fileID); a clean removes them"
        case .carries(let key): "no newer commit carries \(key)"
        case .carriesSchema: "no newer commit carries the schema"
        case .orphan(let path): "a file of no commit would come to life: \(path); tablecheck tells more"
        case .behind(let instant): "\(instant) stays"
        }
    }
}
