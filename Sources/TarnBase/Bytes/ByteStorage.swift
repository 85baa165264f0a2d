/// The buffer behind ``Bytes``: 64-byte aligned, with ``Bytes/slack`` readable bytes behind the end.
// Sendable: written only by the code that made it, before the first `Bytes` on it exists; constant from then on.
@usableFromInline
final class ByteStorage: @unchecked Sendable {
    @usableFromInline static let empty = ByteStorage(capacity: 0)

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let capacity: Int
    private let isLarge: Bool

    @usableFromInline
    init(capacity: Int) {
        precondition(capacity >= 0)
        self.capacity = capacity
        isLarge = capacity >= LargeBuffers.smallest
        base = isLarge ? LargeBuffers.allocate(capacity: capacity) : .allocate(byteCount: capacity + Bytes.slack, alignment: 64)
        // The slack may be loaded by kernels; zeros keep such loads reproducible.
        (base + capacity).initializeMemory(as: UInt8.self, repeating: 0, count: Bytes.slack)
    }

    /// Takes over memory that has the slack already.
    init(adopting base: UnsafeMutableRawPointer, capacity: Int) {
        isLarge = false
        self.base = base
        self.capacity = capacity
    }

    deinit {
        if isLarge { LargeBuffers.deallocate(base, capacity: capacity) } else { base.deallocate() }
    }
}
