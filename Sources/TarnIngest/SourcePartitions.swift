import TarnBase
import TarnTable

/// The source partitions a run reads: what is taken already, and what the micro-batch at hand takes of each.
struct SourcePartitions {
    struct Partition {
        /// The source's name: a topic, a file, `-`.
        let source: String
        let number: Int64?
        /// In the ledger; nil = has no entry there.
        let name: String?
        /// The first offset not yet seen.
        var next: Int64
        var progress = Progress()
    }

    /// What this micro-batch takes.
    struct Progress {
        var hasMoved = false
        var rows: Int64 = 0
        var first: Int64?
        var last: Int64?
        var maximum: Int64?

        mutating func take(_ eventTime: Int64?) {
            rows += 1
            guard let eventTime else { return }
            first = first ?? eventTime
            last = eventTime
            maximum = max(maximum ?? eventTime, eventTime)
        }
    }

    private(set) var all: [Partition] = []
    /// As it stands in the line, escapes and all.
    private var topics: [[UInt8]] = []
    private var latest = 0

    mutating func add(_ partition: Partition, topic: [UInt8] = []) -> Int {
        all.append(partition)
        topics.append(topic)
        return all.count - 1
    }

    /// The partition of this topic and number, if it was met before. The one met last is tried first.
    mutating func find(topic: JSONCursor.Text, number: Int64) -> Int? {
        func matches(_ index: Int) -> Bool {
            all[index].number == number && topics[index].count == topic.count
                && topics[index].elementsEqual(UnsafeRawBufferPointer(start: topic.start, count: topic.count))
        }
        if latest < all.count, matches(latest) { return latest }
        guard let index = all.indices.first(where: matches) else { return nil }
        latest = index
        return index
    }

    subscript(index: Int) -> Partition {
        get { all[index] }
        _modify { yield &all[index] }
    }

    /// After a commit.
    mutating func startBatch() { for index in all.indices { all[index].progress = Progress() } }

    /// Records in `ledger` what this micro-batch takes.
    func record(in ledger: inout SourceLedger, at now: Int64) {
        for partition in all where partition.progress.hasMoved {
            guard let name = partition.name else { continue }
            ledger.advance(
                name,
                by: SourceLedger.Progress(
                    next: partition.next, rows: partition.progress.rows, firstEventMilliseconds: partition.progress.first,
                    lastEventMilliseconds: partition.progress.last, maximumEventMilliseconds: partition.progress.maximum),
                at: now)
        }
    }
}
