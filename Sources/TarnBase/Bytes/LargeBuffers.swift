/// Memory of large buffers, kept when they go, for those that come: pages and windows of files follow one another, and memory
/// that is mapped already costs a fraction of what `malloc` gives, which returns large blocks to the system at once.
///
/// Kept are at most ``keptByteCount`` for the whole process, the newest; they count against nobody's ``MemoryBudget``.
enum LargeBuffers {
    /// Capacities from here on; `malloc` does well with smaller ones.
    static let smallest = 64 << 10
    static let keptByteCount = 8 << 20

    private struct Kept {
        /// Address and size, oldest first.
        var blocks: [(address: UInt, byteCount: Int)] = []
        var byteCount = 0
    }

    private static let kept = Locked(Kept())

    /// Memory for `capacity` bytes and the slack behind them.
    static func allocate(capacity: Int) -> UnsafeMutableRawPointer {
        let byteCount = blockByteCount(capacity)
        let address: UInt? = kept.withLock { kept in
            guard let index = kept.blocks.lastIndex(where: { $0.byteCount == byteCount }) else { return nil }
            kept.byteCount -= byteCount
            return kept.blocks.remove(at: index).address
        }
        if let address, let base = UnsafeMutableRawPointer(bitPattern: address) { return base }
        return .allocate(byteCount: byteCount, alignment: 64)
    }

    /// Takes back what ``allocate(capacity:)`` gave for the same capacity.
    static func deallocate(_ base: UnsafeMutableRawPointer, capacity: Int) {
        let byteCount = blockByteCount(capacity)
        guard byteCount <= keptByteCount / 2 else { return base.deallocate() }
        let address = UInt(bitPattern: base)
        let dropped: [UInt] = kept.withLock { kept in
            kept.blocks.append((address, byteCount))
            kept.byteCount += byteCount
            var count = 0
            while kept.byteCount > keptByteCount {
                kept.byteCount -= kept.blocks[count].byteCount
                count += 1
            }
            defer { kept.blocks.removeFirst(count) }
            return kept.blocks[..<count].map(\.address)
        }
        for address in dropped { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }

    /// Rounded up to a quarter of a power of two, so that pages of nearly one size share blocks. What is never touched is never
    /// mapped.
    private static func blockByteCount(_ capacity: Int) -> Int {
        let byteCount = capacity + Bytes.slack
        let step = 1 << (Int.bitWidth - 3 - byteCount.leadingZeroBitCount)
        return (byteCount + step - 1) & ~(step - 1)
    }
}
