/// The working memory one write, merge or service may use.
///
/// A ledger, not an allocator: whoever holds memory that grows with data says so here, and spills when told that there is
/// no more. What is fixed and small (metadata, code, a page in hand) is not counted.
public final class MemoryBudget: Sendable {
    public let limit: ByteCount
    private let used = Locked<Int64>(0)

    public init(limit: ByteCount) { self.limit = limit }

    public var usedBytes: Int64 { used.withLock { $0 } }
    public var availableBytes: Int64 { max(0, limit.bytes - usedBytes) }

    /// Takes `bytes` if they are left; the caller spills otherwise.
    public func tryReserve(_ bytes: Int64) -> Bool {
        precondition(bytes >= 0)
        let limit = limit.bytes
        return used.withLock { used in
            guard used + bytes <= limit else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what ``tryReserve(_:)`` took.
    public func release(_ bytes: Int64) {
        used.withLock { $0 -= bytes }
    }
}
