public import TarnBase

/// A string or binary value in 16 bytes.
///
///     length UInt32 | up to 12 bytes of text                              when length <= 12
///     length UInt32 | first 4 bytes | buffer UInt32 | offset UInt32       otherwise
///
/// Unused inline bytes are zero, so two views of at most 12 bytes are equal exactly when their 16 bytes are.
@frozen
public struct View: BitwiseCopyable, Sendable {
    public static let inlineLimit = 12

    /// Length in the low half, the first four bytes of text in the high half.
    public var low: UInt64
    /// The other eight inline bytes, or the buffer in the low half and the offset in the high half.
    public var high: UInt64

    @inlinable
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The empty value; also what null slots hold.
    @inlinable public static var empty: View { View(low: 0, high: 0) }

    /// A view of the `length` bytes at `source`, which are the bytes at `offset` of buffer number `buffer`.
    /// At least 16 bytes after `source` must be readable (``Bytes/slack`` sees to that).
    @inlinable
    public init(at source: UnsafeRawPointer, length: Int, buffer: UInt32, offset: Int) {
        if length <= View.inlineLimit {
            let first = source.loadUnaligned(as: UInt64.self)
            let second = UInt64(source.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
            // Twelve bytes in (first, second); keep `length` of them.
            let keepFirst: UInt64 = length >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: length &* 8)) &- 1
            let rest = length &- 8
            let keepSecond: UInt64 = rest <= 0 ? 0 : (rest >= 4 ? 0xFFFF_FFFF : (1 &<< UInt64(truncatingIfNeeded: rest &* 8)) &- 1)
            let text = first & keepFirst
            low = UInt64(truncatingIfNeeded: length) | (text &<< 32)
            high = (text &>> 32) | ((second & keepSecond) &<< 32)
        } else {
            low = UInt64(truncatingIfNeeded: length) | (UInt64(source.loadUnaligned(as: UInt32.self)) &<< 32)
            high = UInt64(buffer) | (UInt64(truncatingIfNeeded: offset) &<< 32)
        }
    }

    @inlinable public var length: Int { Int(UInt32(truncatingIfNeeded: low)) }
    @inlinable public var isInline: Bool { length <= View.inlineLimit }
    /// Which buffer holds the bytes; only when not inline.
    @inlinable public var buffer: Int { Int(UInt32(truncatingIfNeeded: high)) }
    /// Where in the buffer; only when not inline.
    @inlinable public var offset: Int { Int(UInt32(truncatingIfNeeded: high &>> 32)) }

    /// The same value after its buffer got another number.
    @inlinable
    public func inBuffer(_ buffer: UInt32) -> View {
        isInline ? self : View(low: low, high: (high & 0xFFFF_FFFF_0000_0000) | UInt64(buffer))
    }
}

/// The values of a string or binary column: views, and the buffers that the long ones point into.
///
/// Invariants, checked where views are made: every view that is not inline names an existing buffer and lies in it; null
/// slots hold ``View/empty``. No buffer is longer than 4 GiB.
public struct Views: Sendable {
    /// 16 bytes a row: ``View`` values.
    public let views: Bytes
    public let buffers: [Bytes]

    public init(views: Bytes, buffers: [Bytes]) {
        precondition(views.count % MemoryLayout<View>.stride == 0)
        self.views = views
        self.buffers = buffers
    }

    public var count: Int { views.count / MemoryLayout<View>.stride }

    /// The bytes of one value; a copy when it is short. For edges and tests, not for loops over columns.
    public func bytes(at index: Int) -> Bytes {
        views.withValues(of: View.self) { all in
            let view = all[index]
            if !view.isInline { return buffers[view.buffer][view.offset..<(view.offset + view.length)] }
            return withUnsafeBytes(of: view) { Bytes(copying: UnsafeRawBufferPointer(rebasing: $0[4..<(4 + view.length)])) }
        }
    }

    /// Calls `body` with the views and a pointer to the start of each buffer: the form kernels work on. The pointers are
    /// valid inside `body` only.
    @inlinable
    public func withViews<Result, Failure>(
        _ body: (UnsafeBufferPointer<View>, [UnsafeRawPointer]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let pointers = buffers.map(\.unsafePointer)
        defer { withExtendedLifetime(buffers) {} }
        return try views.withValues(of: View.self) { (all) throws(Failure) -> Result in try body(all, pointers) }
    }
}

extension View {
    /// The address and length of the value's bytes; `self` must live at a stable address when inline, so kernels pass
    /// the slot itself.
    @inlinable
    public static func content(
        _ slot: UnsafePointer<View>, _ buffers: [UnsafeRawPointer]
    ) -> UnsafeRawBufferPointer {
        let view = slot.pointee
        let start = view.isInline ? UnsafeRawPointer(slot) + 4 : buffers[view.buffer] + view.offset
        return UnsafeRawBufferPointer(start: start, count: view.length)
    }
}
