/// What a piece of work asked of a store, as an object store would bill it: reported with every write.
public struct RequestCounts: Hashable, Sendable {
    /// Ranges read.
    public var `get` = 0
    /// Objects stored, and parts of those that are sent in parts.
    public var put = 0
    /// Pages of listings.
    public var list = 0
    /// Looks at size and version.
    public var head = 0
    /// Started thousands of paths deleted.
    public var delete = 0
    public var bytesRead: Int64 = 0
    public var bytesWritten: Int64 = 0

    public init() {}

    /// Requests of all kinds.
    public var total: Int { self.get + put + list + head + delete }

    public static func + (left: RequestCounts, right: RequestCounts) -> RequestCounts { combine(left, right, +, +) }
    public static func - (left: RequestCounts, right: RequestCounts) -> RequestCounts { combine(left, right, -, -) }
    public static func += (left: inout RequestCounts, right: RequestCounts) { left = left + right }

    private static func combine(
        _ left: RequestCounts,
        _ right: RequestCounts,
        _ requests: (Int, Int) -> Int,
        _ bytes: (Int64, Int64) -> Int64
    ) -> RequestCounts {
        var result = RequestCounts()
        for count in [\RequestCounts.get, \.put, \.list, \.head, \.delete] {
            result[keyPath: count] = requests(left[keyPath: count], right[keyPath: count])
        }
        for count in [\RequestCounts.bytesRead, \.bytesWritten] {
            result[keyPath: count] = bytes(left[keyPath: count], right[keyPath: count])
        }
        return result
    }
}
