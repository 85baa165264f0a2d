import TarnBase
package import TarnStorage

/// A record that is sorted by 16 bytes of key.
package protocol SortableRecord: BitwiseCopyable, Sendable {
    static func precedes(_ left: Self, _ right: Self) -> Bool
}

/// Sorts records, however many: in memory, by sorted runs on a scratch file when they do not fit.
///
/// Append all, then `finish`. Records that are equal keep no promised order. One owner; not for concurrent use.
package final class SortedRuns<Record: SortableRecord> {
    private let memoryCapacity: Int
    private let scratch: ScratchSpace
    private var file: ScratchFile?
    private var records: [Record] = []
    /// Where each lies in the file, in records.
    private var runs: [Range<Int64>] = []
    package private(set) var count: Int64 = 0

    package init(memoryLimit: Int, scratch: ScratchSpace) {
        // A sort of an array in place needs up to half of it again.
        memoryCapacity = max(1024, memoryLimit / MemoryLayout<Record>.stride * 2 / 3)
        self.scratch = scratch
    }

    package func append(_ record: Record) throws {
        if records.count == memoryCapacity { try spill() }
        records.append(record)
        count += 1
    }

    private func spill() throws {
        records.sort(by: Record.precedes)
        let file = try self.file ?? scratch.makeFile(bufferBytes: 0)
        self.file = file
        _ = try records.withUnsafeBytes { try file.append($0) }
        let start = runs.last?.upperBound ?? 0
        runs.append(start..<(start + Int64(records.count)))
        records.removeAll(keepingCapacity: true)
    }

    /// The records in order. Ends the sorting; this is empty afterwards.
    package func finish() throws -> SortedRecords<Record> {
        defer {
            records = []
            runs = []
            file = nil
        }
        guard file != nil else {
            records.sort(by: Record.precedes)
            return SortedRecords(records)
        }
        if !records.isEmpty { try spill() }
        records = []
        return try merged()
    }

    /// One run of all of them, in a file of its own: from then on any stretch is read by itself.
    private func merged() throws -> SortedRecords<Record> {
        guard let file else { return SortedRecords([]) }
        let source = SortedRecords<Record>(file, count: count)
        var heads = try runs.map { try source.cursor($0) }
        var heap = Heap(heads.indices.filter { heads[$0].first != nil })
        // Runs keep the order in which they were made.
        func precedes(_ left: Int, _ right: Int) -> Bool {
            guard let a = heads[left].first, let b = heads[right].first else { return heads[left].first != nil }
            if Record.precedes(a, b) { return true }
            return !Record.precedes(b, a) && left < right
        }
        heap.order(by: precedes)
        let target = try scratch.makeFile(bufferBytes: 0)
        var chunk: [Record] = []
        while let run = heap.top {
            if let record = try heads[run].next() { chunk.append(record) }
            if heads[run].first == nil { heap.removeTop() }
            heap.sink(by: precedes)
            if chunk.count == 8192 || heap.top == nil {
                _ = try chunk.withUnsafeBytes { try target.append($0) }
                chunk.removeAll(keepingCapacity: true)
            }
        }
        return SortedRecords(target, count: count)
    }
}

/// Numbers of runs, the least head on top.
private struct Heap {
    private var items: [Int]

    init(_ items: [Int]) { self.items = items }

    var top: Int? { items.first }

    mutating func order(by precedes: (Int, Int) -> Bool) {
        for index in stride(from: items.count / 2 - 1, through: 0, by: -1) { sink(from: index, by: precedes) }
    }

    mutating func removeTop() {
        items[0] = items[items.count - 1]
        items.removeLast()
    }

    /// Puts the top, which may have grown, in its place.
    mutating func sink(by precedes: (Int, Int) -> Bool) {
        if !items.isEmpty { sink(from: 0, by: precedes) }
    }

    private mutating func sink(from start: Int, by precedes: (Int, Int) -> Bool) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && precedes(items[child], items[smallest]) { smallest = child }
            if smallest == parent { return }
            items.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
