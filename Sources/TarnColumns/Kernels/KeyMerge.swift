import TarnBase

/// Merges runs of rows that are sorted by a key, of each of which a stretch is at hand at a time. One owner.
package struct KeyMerge {
    /// Of one run. The values point into the column.
    private struct Stretch {
        let keys: Column
        let values: FlatValues
        var batch: UInt32
        var row = 0
    }

    package enum Step: Hashable, Sendable {
        /// Supply the next stretch of this run, or end it.
        case needs(run: Int)
        /// As many rows as were asked for.
        case full
        /// No run has rows left.
        case done
    }

    private var stretches: [Stretch?]
    private var hungry: [Int]
    /// Runs by their first keys; of equal ones the earlier run first, so that the merge keeps the order of equal rows.
    private var heap: [Int] = []

    package init(runs: Int) {
        stretches = Array(repeating: nil, count: runs)
        hungry = Array((0..<runs).reversed())
    }

    /// - Parameters:
    ///   - keys: Binary, ascending, not null; at least one.
    ///   - batch: What references to these rows name.
    package mutating func supply(_ keys: Column, batch: UInt32, to run: Int) {
        precondition(hungry.last == run && keys.count > 0)
        guard let values = FlatValues(keys) else { preconditionFailure("keys are binary") }
        hungry.removeLast()
        stretches[run] = Stretch(keys: keys, values: values, batch: batch)
        heap.append(run)
        siftUp(heap.count - 1)
    }

    package mutating func end(run: Int) {
        precondition(hungry.last == run)
        hungry.removeLast()
        stretches[run] = nil
    }

    /// Appends references in ascending order of the keys, until there are `limit`.
    package mutating func next(into rows: inout [RowReference], limit: Int) -> Step {
        while true {
            if let run = hungry.last { return .needs(run: run) }
            guard let run = heap.first, let stretch = stretches[run] else { return .done }
            if rows.count >= limit { return .full }
            rows.append(RowReference(batch: stretch.batch, row: UInt32(truncatingIfNeeded: stretch.row)))
            stretches[run]?.row = stretch.row + 1
            if stretch.row + 1 == stretch.keys.count {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
                hungry.append(run)
            }
            if !heap.isEmpty { siftDown() }
        }
    }

    /// Numbers the stretches at hand anew, from 0.
    ///
    /// - Returns: The old numbers, in the new order.
    package mutating func renumber() -> [UInt32] {
        var old: [UInt32] = []
        for run in stretches.indices where heap.contains(run) {
            guard let batch = stretches[run]?.batch else { continue }
            stretches[run]?.batch = UInt32(old.count)
            old.append(batch)
        }
        return old
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        guard let a = stretches[left], let b = stretches[right] else { return false }
        let order = RowOrder.compare(a.values.text(a.row), b.values.text(b.row))
        return order != 0 ? order < 0 : left < right
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, precedes(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[child], heap[smallest]) { smallest = child }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

extension RowReference {
    /// Rows of batches that were numbered through, as rows of each.
    package static func references(to order: [UInt32], in counts: [Int]) -> [RowReference] {
        var starts: [Int] = [0]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        return order.map { row in
            var low = 0
            var high = counts.count
            while high &- low > 1 {
                let middle = (low &+ high) &>> 1
                if starts[middle] <= Int(row) { low = middle } else { high = middle }
            }
            return RowReference(batch: UInt32(truncatingIfNeeded: low), row: row &- UInt32(truncatingIfNeeded: starts[low]))
        }
    }
}
