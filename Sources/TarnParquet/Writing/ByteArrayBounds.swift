import Glibc
import TarnBase
import TarnColumns

/// The least and the greatest of byte arrays, in the order of unsigned bytes, the shorter first.
struct ByteArrayBounds {
    private(set) var minimum: Bytes?
    private(set) var maximum: Bytes?

    /// Widens to `count` values, at least one.
    mutating func note(_ slots: UnsafePointer<View>, _ count: Int, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) {
        var least = 0
        var greatest = 0
        var leastPrefix = Self.prefix(slots[0])
        var greatestPrefix = leastPrefix
        for index in 1..<max(1, count) {
            let prefix = Self.prefix(slots[index])
            if prefix < leastPrefix || prefix == leastPrefix && Self.precedes(slots + index, slots + least, buffers) {
                least = index
                leastPrefix = prefix
            } else if prefix > greatestPrefix || prefix == greatestPrefix && Self.precedes(slots + greatest, slots + index, buffers) {
                greatest = index
                greatestPrefix = prefix
            }
        }
        let lower = UnsafeRawBufferPointer(start: Self.start(slots + least, buffers), count: slots[least].length)
        let upper = UnsafeRawBufferPointer(start: Self.start(slots + greatest, buffers), count: slots[greatest].length)
        if minimum.map({ $0.withUnsafeBytes { Self.precedes(lower, $0) } }) ?? true { minimum = Bytes(copying: lower) }
        if maximum.map({ $0.withUnsafeBytes { Self.precedes($0, upper) } }) ?? true { maximum = Bytes(copying: upper) }
    }

    /// The first four bytes as a number that orders as they do.
    @inline(__always)
    private static func prefix(_ view: View) -> UInt32 { UInt32(truncatingIfNeeded: view.low &>> 32).byteSwapped }

    @inline(__always)
    private static func start(_ slot: UnsafePointer<View>, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>) -> UnsafeRawPointer {
        let view = slot.pointee
        return view.isInline ? UnsafeRawPointer(slot) + 4 : buffers[view.buffer] + view.offset
    }

    @inline(__always)
    private static func precedes(
        _ left: UnsafePointer<View>, _ right: UnsafePointer<View>, _ buffers: UnsafeBufferPointer<UnsafeRawPointer>
    ) -> Bool {
        precedes(
            UnsafeRawBufferPointer(start: start(left, buffers), count: left.pointee.length),
            UnsafeRawBufferPointer(start: start(right, buffers), count: right.pointee.length))
    }

    @inline(__always)
    private static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return left.count < right.count }
        let order = memcmp(leftStart, rightStart, min(left.count, right.count))
        return order != 0 ? order < 0 : left.count < right.count
    }
}
