import Glibc

/// The memory of large buffers: a region of fixed size that is used over and over, and `malloc` where it is full.
///
/// Pages and windows of files follow one another. `malloc` returns blocks of their size to the system as soon as they are
/// free, and mapping memory anew costs more than a read from the file cache. The region stays mapped, in huge pages where the
/// system has them, for the whole process; it counts against nobody's ``MemoryBudget``.
enum LargeBuffers {
    #if FUZZING
        /// None: the address sanitizer is to see where each buffer ends, and when it goes.
        static let smallest = Int.max
    #else
        /// Capacities from here on; `malloc` does well with smaller ones.
        static let smallest = 64 << 10
    #endif
    static let regionByteCount = 16 << 20

    private static let region = Locked(Region())

    /// Memory for `capacity` bytes and the slack behind them.
    static func allocate(capacity: Int) -> UnsafeMutableRawPointer {
        let byteCount = capacity + Bytes.slack
        if byteCount <= regionByteCount / 2 {
            let address: UInt? = region.withLock { $0.take(byteCount) }
            if let address, let base = UnsafeMutableRawPointer(bitPattern: address) { return base }
        }
        return .allocate(byteCount: byteCount, alignment: 64)
    }

    /// Takes back what ``allocate(capacity:)`` gave for the same capacity.
    static func deallocate(_ base: UnsafeMutableRawPointer, capacity: Int) {
        let address = UInt(bitPattern: base)
        let isOfRegion: Bool = region.withLock { $0.giveBack(address, capacity + Bytes.slack) }
        if !isOfRegion { base.deallocate() }
    }
}

/// Cut into units, of which a block has as many as it needs, the first that are free: what was used last is used next.
private struct Region {
    private static let unit = 64 << 10
    private static let hugePage = 2 << 20

    private let start: UInt
    private var isTaken = [Bool](repeating: false, count: LargeBuffers.regionByteCount / unit)

    init() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: LargeBuffers.regionByteCount, alignment: Self.hugePage)
        // Advice: without huge pages it is the same memory.
        _ = madvise(memory, LargeBuffers.regionByteCount, MADV_HUGEPAGE)
        start = UInt(bitPattern: memory)
    }

    /// The address of a block; nil when there is no room for it.
    mutating func take(_ byteCount: Int) -> UInt? {
        let count = Self.units(byteCount)
        var free = 0
        for index in isTaken.indices {
            free = isTaken[index] ? 0 : free + 1
            guard free == count else { continue }
            let first = index + 1 - count
            mark(first, count, as: true)
            return start + UInt(first * Self.unit)
        }
        return nil
    }

    /// Whether the block was one of the region's.
    mutating func giveBack(_ address: UInt, _ byteCount: Int) -> Bool {
        guard address >= start, address < start + UInt(LargeBuffers.regionByteCount) else { return false }
        mark(Int(address - start) / Self.unit, Self.units(byteCount), as: false)
        return true
    }

    private mutating func mark(_ first: Int, _ count: Int, as taken: Bool) {
        for index in first..<(first + count) {
            precondition(isTaken[index] != taken, "a block of memory is given out, or back, twice")
            isTaken[index] = taken
        }
    }

    private static func units(_ byteCount: Int) -> Int { (byteCount + unit - 1) / unit }
}
