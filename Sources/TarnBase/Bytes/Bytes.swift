/// An immutable run of bytes: a slice of a shared, never-changing buffer.
///
/// Copying and slicing cost O(1) and keep the whole buffer alive; what a slice keeps alive counts against the
/// ``MemoryBudget`` of whoever made the buffer.
///
/// Invariants, established by ``ByteStorage``:
///
/// 1. The bytes do not change while any `Bytes` refers to them.
/// 2. At least ``slack`` bytes after the last one may be *read* (never written, contents unspecified), so that kernels can
///    load 8 or 16 bytes at once without checking for the end.
public struct Bytes: Sendable {
    /// How many bytes past the end a kernel may load.
    public static let slack = 64

    @usableFromInline let storage: ByteStorage
    @usableFromInline let start: Int
    public let count: Int

    @inlinable
    init(storage: ByteStorage, start: Int, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// No bytes.
    public init() { self.init(storage: .empty, start: 0, count: 0) }

    /// A copy of `bytes`.
    public init(copying bytes: UnsafeRawBufferPointer) {
        let storage = ByteStorage(capacity: bytes.count)
        if let base = bytes.baseAddress { storage.base.copyMemory(from: base, byteCount: bytes.count) }
        self.init(storage: storage, start: 0, count: bytes.count)
    }

    /// A copy of `bytes`.
    public init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Bytes(copying: $0) }
    }

    /// The UTF-8 form of `text`.
    public init(_ text: String) {
        var text = text
        self = text.withUTF8 { Bytes(copying: UnsafeRawBufferPointer($0)) }
    }

    /// Bytes written by `initialize`, which returns how many of the first `capacity` bytes it filled.
    @inlinable
    public init<Failure>(
        unsafeUninitializedCapacity capacity: Int,
        initializingWith initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        let storage = ByteStorage(capacity: capacity)
        let count = try initialize(UnsafeMutableRawBufferPointer(start: storage.base, count: capacity))
        precondition((0...capacity).contains(count))
        self.init(storage: storage, start: 0, count: count)
    }

    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var indices: Range<Int> { 0..<count }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return storage.base.load(fromByteOffset: start &+ index, as: UInt8.self)
    }

    /// The bytes of `range`, sharing this buffer.
    @inlinable
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Bytes(storage: storage, start: start &+ range.lowerBound, count: range.count)
    }

    /// The address of the first byte. Valid while this value, or another slice of the same buffer, is kept alive
    /// (`withExtendedLifetime`); for hot loops only.
    @inlinable public var unsafePointer: UnsafeRawPointer { UnsafeRawPointer(storage.base + start) }

    @inlinable
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(start: storage.base + start, count: count))
    }

    /// The bytes as fixed-width values of `type`; a rest shorter than one value is left out.
    @inlinable
    public func withValues<Value: BitwiseCopyable, Result, Failure>(
        of type: Value.Type,
        _ body: (UnsafeBufferPointer<Value>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        let pointer = (storage.base + start).assumingMemoryBound(to: Value.self)
        return try body(UnsafeBufferPointer(start: pointer, count: count / MemoryLayout<Value>.stride))
    }

    /// How many bytes the whole buffer behind this slice occupies: what the slice keeps alive.
    public var retainedByteCount: Int { storage.capacity }

    /// Whether two slices lie in one buffer, so that keeping both costs no more than keeping one.
    public func sharesBuffer(with other: Bytes) -> Bool { storage === other.storage }

    /// A copy that keeps only its own bytes alive.
    public func compacted() -> Bytes {
        count == storage.capacity ? self : withUnsafeBytes { Bytes(copying: $0) }
    }
}

extension Bytes: Hashable {
    public static func == (left: Bytes, right: Bytes) -> Bool {
        left.count == right.count
            && left.withUnsafeBytes { l in right.withUnsafeBytes { r in l.elementsEqual(r) } }
    }

    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Bytes {
    /// Whether these bytes sort before others, as unsigned numbers from the front, a prefix before what it begins.
    package func precedes(_ other: Bytes) -> Bool {
        withUnsafeBytes { left in other.withUnsafeBytes { right in left.lexicographicallyPrecedes(right) } }
    }

    public var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The text these bytes hold, or nil if they are not UTF-8.
    public var utf8Text: String? { withUnsafeBytes { String(validating: $0, as: UTF8.self) } }

    /// The text these bytes hold, each wrong sequence replaced by U+FFFD: for messages, never for data.
    public var printableText: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}
