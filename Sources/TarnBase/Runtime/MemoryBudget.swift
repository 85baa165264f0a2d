/// The working memory one write, merge or service may use.
///
/// A ledger, not an allocator: whoever holds memory that grows with data says so here, and spills when told that there is
/// no more. What is fixed and small (metadata, code, a page in hand) is not counted.
public final class MemoryBudget: Sendable {
    public let limit: ByteCount
    private let used = Locked<(now: Int64, peak: Int64)>((0, 0))

    public init(limit: ByteCount) { self.limit = limit }

    public var usedBytes: Int64 { used.withLock { $0.now } }
    /// The most that was used at any time.
    public var peakBytes: Int64 { used.withLock { $0.peak } }
    public var availableBytes: Int64 { max(0, limit.bytes - usedBytes) }

    /// Takes `bytes` if they are left; the caller spills otherwise.
    public func tryReserve(_ bytes: Int64) -> Bool {
        precondition(bytes >= 0)
        let limit = limit.bytes
        return used.withLock { used in
            guard used.now + bytes <= limit else { return false }
            used = (used.now + bytes, max(used.peak, used.now + bytes))
            return true
        }
    }

    /// Gives back what ``tryReserve(_:)`` took.
    public func release(_ bytes: Int64) { change(by: -bytes) }

    fileprivate func change(by bytes: Int64) {
        used.withLock { $0 = ($0.now + bytes, max($0.peak, $0.now + bytes)) }
    }
}

/// What one part of the work holds of a ``MemoryBudget``: told whenever it changes, given back with the hold. For parts that
/// keep to a share of their own. One owner.
package final class MemoryHold: Sendable {
    private let budget: MemoryBudget
    private let held = Locked<Int64>(0)

    package init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.change(by: -held.withLock { $0 }) }

    package func update(to bytes: Int) {
        let change = held.withLock { held in
            defer { held = Int64(bytes) }
            return Int64(bytes) - held
        }
        budget.change(by: change)
    }
}
