import TarnBase
import TarnStorage

/// An object read front to back through one buffer of known size.
struct ObjectWindow {
    let path: ObjectPath
    let size: Int64
    let store: any ObjectStore
    let byteCount: Int

    private var start: Int64 = 0
    private var held = Bytes()

    init(_ path: ObjectPath, size: Int64, store: any ObjectStore, byteCount: Int) {
        self.path = path
        self.size = size
        self.store = store
        self.byteCount = byteCount
    }

    /// The bytes of `range`, which lies in the object. Cost: a request where they are not held yet; as much behind them as
    /// the window takes comes along.
    mutating func bytes(_ range: Range<Int64>) async throws -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= size)
        if let known = heldBytes(range) { return known }
        let end = min(size, max(range.upperBound, range.lowerBound + Int64(byteCount)))
        held = try await store.get(path, ranges: [range.lowerBound..<end])[0]
        start = range.lowerBound
        guard let known = heldBytes(range) else {
            throw StorageError(.invalidRange, "\(held.count) of \(end - start) bytes were read", at: path)
        }
        return known
    }

    /// Bytes to be kept: they share the window's buffer only if they fill most of it. nil where they are not all held.
    func heldCopy(_ range: Range<Int64>) -> Bytes? {
        heldBytes(range).map { $0.count > held.count / 2 ? $0 : $0.compacted() }
    }

    /// nil where they are not all held.
    func heldBytes(_ range: Range<Int64>) -> Bytes? {
        guard range.lowerBound >= start, range.upperBound <= start + Int64(held.count) else { return nil }
        return held[Int(range.lowerBound - start)..<Int(range.upperBound - start)]
    }
}
