/// How much of its past a table keeps readable when it is cleaned.
public enum Retention: Hashable, Sendable {
    /// The table as it was at each of its newest commits, this many.
    case commits(Int)
    /// The table as it was at any moment of the last hours.
    case hours(Int)
    /// This many versions of every file group, however old. Past snapshots are not kept whole.
    case versions(Int)

    /// As the command line and ``description`` spell it: `commits:10`; nil for anything else, and for less than 1.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[1]), count > 0 else { return nil }
        switch parts[0] {
        case "commits": self = .commits(count)
        case "hours": self = .hours(count)
        case "versions": self = .versions(count)
        default: return nil
        }
    }

    var count: Int {
        switch self {
        case .commits(let count), .hours(let count), .versions(let count): count
        }
    }

    /// What clean plans call it.
    var policy: String {
        switch self {
        case .commits: "KEEP_LATEST_COMMITS"
        case .hours: "KEEP_LATEST_BY_HOURS"
        case .versions: "KEEP_LATEST_FILE_VERSIONS"
        }
    }
}

extension Retention: CustomStringConvertible {
    public var description: String {
        switch self {
        case .commits(let count): "commits:\(count)"
        case .hours(let count): "hours:\(count)"
        case .versions(let count): "versions:\(count)"
        }
    }
}
