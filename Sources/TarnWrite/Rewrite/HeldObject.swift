import TarnBase
import TarnStorage

/// An object of which one stretch is held in memory: what lies in it costs no request.
struct HeldObject {
    private let store: any ObjectStore
    private let path: ObjectPath
    private var start: Int64 = 0
    private var bytes = Bytes()

    init(_ path: ObjectPath, in store: any ObjectStore) {
        self.path = path
        self.store = store
    }

    /// Which part of the object is held.
    var range: Range<Int64> { start..<(start + Int64(bytes.count)) }

    /// Lets go of what is held and fetches `range` instead. Cost: one request.
    mutating func hold(_ range: Range<Int64>) async throws {
        letGo()
        bytes = try await store.get(path, ranges: [range])[0]
        start = range.lowerBound
    }

    mutating func letGo() { bytes = Bytes() }

    /// Cost: a request for each range that is not held.
    func get(_ ranges: [Range<Int64>]) async throws -> [Bytes] {
        let missing = ranges.filter { !holds($0) }
        var fetched = missing.isEmpty ? [][...] : try await store.get(path, ranges: missing)[...]
        return ranges.map { range in
            if holds(range) { return bytes[Int(range.lowerBound - start)..<Int(range.upperBound - start)] }
            return fetched.removeFirst()
        }
    }

    func holds(_ range: Range<Int64>) -> Bool { range.lowerBound >= start && range.upperBound <= start + Int64(bytes.count) }
}
