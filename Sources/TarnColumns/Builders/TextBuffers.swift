import TarnBase

/// Packs the text of long values into buffers, and gives the view of each value.
///
/// Buffers double from 4 KiB to 1 MiB, so that little is wasted on few rows and nothing is ever copied.
final class TextBuffers {
    private var full: [Bytes] = []
    private var fullByteCount = 0
    private var current = GrowingBuffer()
    private var nextCapacity = 4096

    var byteCount: Int { fullByteCount + current.capacity }

    /// - Parameter bytes: Need not have readable slack behind it.
    @inline(__always)
    func append(_ bytes: UnsafeRawBufferPointer) -> View {
        let length = bytes.count
        if length <= View.inlineLimit { return TextBuffers.inline(bytes) }
        if current.count &+ length > current.capacity { startBuffer(for: length) }
        let offset = current.count
        current.append(bytes)
        return View(at: current.base + offset, length: length, buffer: UInt32(truncatingIfNeeded: full.count), offset: offset)
    }

    @inline(__always)
    private static func inline(_ bytes: UnsafeRawBufferPointer) -> View {
        var slot = (UInt64(0), UInt64(0))
        guard let source = bytes.baseAddress else { return .empty }
        withUnsafeMutableBytes(of: &slot) { target in
            target.storeBytes(of: UInt32(truncatingIfNeeded: bytes.count), as: UInt32.self)
            for index in 0..<bytes.count {
                target[4 &+ index] = source.load(fromByteOffset: index, as: UInt8.self)
            }
        }
        return View(low: slot.0, high: slot.1)
    }

    @inline(never)
    private func startBuffer(for length: Int) {
        precondition(length <= Int(UInt32.max), "a value of more than 4 GiB")
        closeBuffer()
        current.reserve(max(nextCapacity, length))
        nextCapacity = min(nextCapacity * 2, 1 << 20)
    }

    private func closeBuffer() {
        guard current.count > 0 else { return }
        let bytes = current.finish()
        full.append(bytes)
        fullByteCount += bytes.retainedByteCount
    }

    /// The buffers that the views point into; empty afterwards.
    func finish() -> [Bytes] {
        closeBuffer()
        let buffers = full
        full = []
        fullByteCount = 0
        nextCapacity = 4096
        return buffers
    }
}
