import TarnBase

/// Memory that a column builder fills value by value and hands over as ``Bytes`` without a copy.
///
/// A class, so that builders reach it through a `let` and pay no exclusivity check per value.
final class GrowingBuffer {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    /// In bytes; whoever writes beyond it through `base` has reserved before.
    var count = 0

    init(capacity: Int = 0) {
        self.capacity = capacity
        base = Bytes.allocateBuffer(capacity: capacity)
    }

    deinit { base.deallocate() }

    @inline(__always)
    func reserve(_ additional: Int) {
        if count &+ additional > capacity { grow(additional) }
    }

    @inline(never)
    private func grow(_ additional: Int) {
        let capacity = max(count + additional, self.capacity * 2, 64)
        let grown = Bytes.allocateBuffer(capacity: capacity)
        grown.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = grown
        self.capacity = capacity
    }

    @inline(__always)
    func append<Value: BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.stride)
        base.storeBytes(of: value, toByteOffset: count, as: Value.self)
        count &+= MemoryLayout<Value>.stride
    }

    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// The bytes so far; the buffer is empty afterwards. Copies only when most of the memory is unused.
    func finish() -> Bytes {
        guard count > 0 else { return Bytes() }
        let whole = Bytes(adopting: base, capacity: capacity, count: count)
        let mostlyUnused = capacity >= 1024 && count < capacity / 2
        capacity = 0
        count = 0
        base = Bytes.allocateBuffer(capacity: 0)
        return mostlyUnused ? whole.compacted() : whole
    }
}

/// Bits appended one by one: the validity of a builder, and the values of a boolean column.
final class GrowingBits {
    private let bytes = GrowingBuffer()
    private(set) var count = 0
    var byteCount: Int { bytes.capacity }

    init() {}

    /// `count` bits that are all 1.
    init(ones count: Int) {
        let byteCount = (count + 7) / 8
        bytes.reserve(byteCount + 8)
        bytes.base.initializeMemory(as: UInt8.self, repeating: 0xFF, count: byteCount)
        bytes.count = byteCount
        self.count = count
    }

    @inline(__always)
    func append(_ bit: Bool) {
        let position = UInt8(truncatingIfNeeded: count & 7)
        if position == 0 { bytes.append(UInt8(0)) }
        let place = bytes.base + (count &>> 3)
        let others = place.load(as: UInt8.self) & ~(1 &<< position)
        place.storeBytes(of: others | ((bit ? 1 : 0) &<< position), as: UInt8.self)
        count &+= 1
    }

    func truncate(to count: Int) {
        self.count = count
        bytes.count = (count + 7) / 8
    }

    func finish() -> Bitmap {
        let bitmap = Bitmap(bytes.finish(), count: count)
        count = 0
        return bitmap
    }
}
