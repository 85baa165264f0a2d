package import TarnBase

/// Packs the text of long values into buffers, and gives the view of each value.
///
/// Buffers double from 4 KiB to 1 MiB, so that little is wasted on few rows and nothing is ever copied.
package final class TextBuffers {
    private var full: [Bytes] = []
    private var fullByteCount = 0
    private let current = GrowingBuffer()
    private var nextCapacity = 4096

    package init() {}

    var byteCount: Int { fullByteCount + current.capacity }

    /// - Parameter bytes: Need not have readable slack behind it.
    @inline(__always)
    package func append(_ bytes: UnsafeRawBufferPointer) -> View {
        let length = bytes.count
        if length <= View.inlineLimit { return TextBuffers.inline(bytes) }
        if current.count &+ length > current.capacity { startBuffer(for: length) }
        let offset = current.count
        current.append(bytes)
        return View(at: current.base + offset, length: length, buffer: UInt32(truncatingIfNeeded: full.count), offset: offset)
    }

    /// The view of at most 12 bytes, reading nothing else.
    @inline(__always)
    private static func inline(_ bytes: UnsafeRawBufferPointer) -> View {
        guard let source = bytes.baseAddress else { return .empty }
        let count = bytes.count
        let first: UInt64
        var last: UInt64 = 0
        if count >= 8 {
            first = source.loadUnaligned(as: UInt64.self)
            for index in 8..<max(count, 8) {
                let byte = UInt64(source.load(fromByteOffset: index, as: UInt8.self))
                last |= byte &<< UInt64(truncatingIfNeeded: (index &- 8) &<< 3)
            }
        } else if count >= 4 {
            // Two words that overlap; where they do, they agree.
            let low = UInt64(source.loadUnaligned(as: UInt32.self))
            let high = UInt64(source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            first = low | high &<< UInt64(truncatingIfNeeded: (count &- 4) &<< 3)
        } else {
            var word: UInt64 = 0
            for index in 0..<count {
                let byte = UInt64(source.load(fromByteOffset: index, as: UInt8.self))
                word |= byte &<< UInt64(truncatingIfNeeded: index &<< 3)
            }
            first = word
        }
        return View(low: UInt64(truncatingIfNeeded: count) | first &<< 32, high: first &>> 32 | last &<< 32)
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
    package func finish() -> [Bytes] {
        closeBuffer()
        let buffers = full
        full = []
        fullByteCount = 0
        nextCapacity = 4096
        return buffers
    }
}
