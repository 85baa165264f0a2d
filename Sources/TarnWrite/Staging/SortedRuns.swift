import TarnBase
import TarnStorage

/// A record that is sorted by 16 bytes of key.
protocol SortableRecord: BitwiseCopyable, Sendable {
    static func precedes(_ left: Self, _ right: Self) -> Bool
}

/// Records in ascending order, however many: sorted in memory, in sorted runs on a scratch file when they do not fit.
///
/// Append all, then `finish`, then read once from first to last. One owner; not for concurrent use.
final class SortedRuns<Record: SortableRecord> {
    private static var recordByteCount: Int { MemoryLayout<Record>.stride }
    private static var readAhead: Int { 2048 }

    private struct Run {
        var next: Int64
        let end: Int64
        var buffer: [Record] = []
        var position = 0
    }

    private let memoryCapacity: Int
    private let scratch: ScratchSpace
    private var file: ScratchFile?
    private var fileByteCount: Int64 = 0
    private var records: [Record] = []
    private var runs: [Run] = []
    /// Numbers of runs, a heap ordered by their first records.
    private var heap: [Int] = []
    private var position = 0
    private var isFinished = false
    private(set) var count: Int64 = 0

    init(memoryLimit: Int, scratch: ScratchSpace) {
        // A sort of an array in place needs up to half of it again.
        memoryCapacity = max(1024, memoryLimit / Self.recordByteCount * 2 / 3)
        self.scratch = scratch
    }

    func append(_ record: Record) throws {
        precondition(!isFinished)
        if records.count == memoryCapacity { try spill() }
        records.append(record)
        count += 1
    }

    func finish() throws {
        precondition(!isFinished)
        isFinished = true
        if runs.isEmpty {
            records.sort(by: Record.precedes)
            return
        }
        if !records.isEmpty { try spill() }
        records = []
        for run in runs.indices {
            try refill(run)
            heap.append(run)
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
    }

    /// The next record without taking it; nil at the end.
    var first: Record? {
        precondition(isFinished)
        if runs.isEmpty { return position < records.count ? records[position] : nil }
        return heap.first.map { runs[$0].buffer[runs[$0].position] }
    }

    func next() throws -> Record? {
        guard let record = first else { return nil }
        if runs.isEmpty {
            position += 1
            return record
        }
        let run = heap[0]
        runs[run].position += 1
        if runs[run].position == runs[run].buffer.count { try refill(run) }
        if runs[run].buffer.isEmpty {
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
        }
        if !heap.isEmpty { siftDown(0) }
        return record
    }

    private func spill() throws {
        records.sort(by: Record.precedes)
        let file = try self.file ?? scratch.makeFile(bufferBytes: 0)
        self.file = file
        _ = try records.withUnsafeBytes { try file.append($0) }
        let end = fileByteCount + Int64(records.count * Self.recordByteCount)
        runs.append(Run(next: fileByteCount, end: end))
        fileByteCount = end
        records.removeAll(keepingCapacity: true)
    }

    private func refill(_ run: Int) throws {
        let byteCount = Int(min(Int64(Self.readAhead * Self.recordByteCount), runs[run].end - runs[run].next))
        runs[run].position = 0
        runs[run].buffer.removeAll(keepingCapacity: true)
        guard byteCount > 0, let file else { return }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        defer { bytes.deallocate() }
        try file.read(at: runs[run].next, into: bytes)
        runs[run].buffer.append(contentsOf: bytes.assumingMemoryBound(to: Record.self))
        runs[run].next += Int64(byteCount)
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let a = runs[left].buffer[runs[left].position]
        let b = runs[right].buffer[runs[right].position]
        if Record.precedes(a, b) { return true }
        // Runs keep the order in which they were made, so the sort is as stable as it looks.
        return !Record.precedes(b, a) && left < right
    }

    private func siftDown(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[smallest]) {
                smallest = child
            }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
