/// For code that fills a buffer itself over many calls (column builders) and must not copy it at the end.
extension Bytes {
    /// Memory in the form ``Bytes`` needs: 64-byte aligned, with readable slack. Given to ``init(adopting:capacity:count:)``
    /// or deallocated by the caller.
    package static func allocateBuffer(capacity: Int) -> UnsafeMutableRawPointer {
        let base = UnsafeMutableRawPointer.allocate(byteCount: capacity + slack, alignment: 64)
        (base + capacity).initializeMemory(as: UInt8.self, repeating: 0, count: slack)
        return base
    }

    /// Takes over memory of ``allocateBuffer(capacity:)``, whose first `count` bytes are written and change no more.
    package init(adopting base: UnsafeMutableRawPointer, capacity: Int, count: Int) {
        precondition((0...capacity).contains(count))
        self.init(storage: ByteStorage(adopting: base, capacity: capacity), start: 0, count: count)
    }

    /// Equal for slices of one buffer: counts what is kept alive without counting it twice.
    package var bufferIdentity: ObjectIdentifier { ObjectIdentifier(storage) }
}
