import TarnBase
import TarnStorage

/// A block's content, as an object of its own.
struct BlockContent {
    let block: LogBlock
    let store: any ObjectStore
    private var window: ObjectWindow

    init(_ block: LogBlock, in store: any ObjectStore, windowBytes: Int = 4 << 20) {
        self.block = block
        self.store = store
        window = ObjectWindow(block.path, size: block.content.upperBound, store: store, byteCount: windowBytes)
    }

    var size: Int64 { Int64(block.content.count) }

    /// The bytes of a range that lies in the content, read through a window: for one who goes front to back.
    mutating func bytes(_ range: Range<Int64>) async throws -> Bytes {
        if let known = block.contentBytes { return known[Int(range.lowerBound)..<Int(range.upperBound)] }
        let first = block.content.lowerBound
        return try await window.bytes((range.lowerBound + first)..<(range.upperBound + first))
    }

    /// The bytes of ranges that lie in the content. Cost: one request a range, or fewer.
    func get(_ ranges: [Range<Int64>]) async throws -> [Bytes] {
        if let known = block.contentBytes { return ranges.map { known[Int($0.lowerBound)..<Int($0.upperBound)] } }
        let first = block.content.lowerBound
        return try await store.get(block.path, ranges: ranges.map { ($0.lowerBound + first)..<($0.upperBound + first) })
    }
}
