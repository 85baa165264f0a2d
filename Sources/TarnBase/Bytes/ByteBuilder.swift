/// A growing buffer of bytes that becomes ``Bytes`` without a copy.
///
/// For the bytes of a page, a block or a small file. Appending is amortised O(1); `finish()` hands the buffer over and
/// leaves the builder empty.
public struct ByteBuilder: ~Copyable, Sendable {
    @usableFromInline var storage: ByteStorage
    @usableFromInline var written: Int

    public init(capacity: Int = 0) {
        storage = ByteStorage(capacity: capacity)
        written = 0
    }

    @inlinable public var count: Int { written }
    @inlinable public var isEmpty: Bool { written == 0 }
    @inlinable public var capacity: Int { storage.capacity }

    /// Makes room for `additional` more bytes, growing at least by half.
    @inlinable
    public mutating func reserve(_ additional: Int) {
        precondition(additional >= 0)
        if written + additional > storage.capacity { grow(additional) }
    }

    @usableFromInline
    mutating func grow(_ additional: Int) {
        let grown = ByteStorage(capacity: max(count + additional, storage.capacity + storage.capacity / 2, 64))
        grown.base.copyMemory(from: storage.base, byteCount: count)
        storage = grown
    }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        storage.base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        written += 1
    }

    @inlinable
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (storage.base + count).copyMemory(from: source, byteCount: bytes.count)
        written += bytes.count
    }

    public mutating func append(_ bytes: Bytes) { bytes.withUnsafeBytes { append($0) } }
    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    public mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    public mutating func append(utf8 text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(littleEndian value: Value) {
        reserve(MemoryLayout<Value>.size)
        storage.base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
        written += MemoryLayout<Value>.size
    }

    @inlinable
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(bigEndian value: Value) {
        append(littleEndian: value.byteSwapped)
    }

    /// Lets `fill` write up to `capacity` bytes behind the last one; it returns how many it wrote.
    @inlinable
    public mutating func append<Failure>(
        upTo capacity: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(capacity)
        let filled = try fill(UnsafeMutableRawBufferPointer(start: storage.base + count, count: capacity))
        precondition((0...capacity).contains(filled))
        written += filled
    }

    public mutating func removeAll() { written = 0 }

    /// Replaces bytes already written, for lengths that are known only later.
    @inlinable
    public mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, littleEndian value: Value) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count)
        storage.base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }

    @inlinable
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: storage.base, count: count))
    }

    /// The bytes so far; the builder is empty afterwards. No copy, unless most of the buffer is unused.
    public mutating func finish() -> Bytes {
        let result = Bytes(storage: storage, start: 0, count: count)
        let mostlyUnused = storage.capacity > 4096 && count < storage.capacity / 2
        storage = .empty
        written = 0
        return mostlyUnused ? result.compacted() : result
    }
}
