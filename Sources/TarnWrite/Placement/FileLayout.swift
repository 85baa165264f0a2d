import TarnBase
import TarnTable

/// The latest file slices, in the order in which a write goes through them, and which of them take inserts.
///
/// By partition; in a partition first the slices that are full or have logs, then the small ones, smallest first: the smallest grow first.
struct FileLayout: Sendable {
    struct Group: Sendable {
        let slice: FileSlice
        /// Place of its partition in the order of paths.
        let partition: UInt32
        /// A base file without logs, small enough to be rewritten for inserts alone.
        let isSmall: Bool
    }

    let groups: [Group]
    /// For each partition the range of its groups.
    let ranges: [Range<Int>]
    let targetBytes: Int64

    /// Files below this share of the target are small: full enough that rewriting one for inserts pays, low enough that
    /// the spread of sizes around the target does not make every file a small one.
    static let smallShare = 0.8

    /// - Parameters:
    ///   - fixed: Groups that a service is about to rewrite from what they have now: no new base file for them.
    ///   - partition: The place of a path in the order of paths.
    init(
        _ slices: [FileSlice], fixed: Set<FileGroupID> = [], partitionCount: Int, target: ByteCount, partition: (PartitionPath) -> UInt32
    ) {
        let limit = Int64(Double(target.bytes) * Self.smallShare)
        let groups = slices.map { slice in
            let isSmall = slice.logFiles.isEmpty && slice.size < limit && !fixed.contains(slice.group)
            return Group(slice: slice, partition: partition(slice.partition), isSmall: isSmall)
        }
        self.groups = groups.sorted { left, right in
            if left.partition != right.partition { return left.partition < right.partition }
            if left.isSmall != right.isSmall { return !left.isSmall }
            if left.isSmall, left.slice.size != right.slice.size { return left.slice.size < right.slice.size }
            return left.slice.fileID < right.slice.fileID
        }
        var ranges: [Range<Int>] = []
        var start = 0
        for partition in 0..<UInt32(partitionCount) {
            var end = start
            while end < self.groups.count, self.groups[end].partition == partition { end += 1 }
            ranges.append(start..<end)
            start = end
        }
        precondition(start == self.groups.count)
        self.ranges = ranges
        targetBytes = max(1, target.bytes)
    }
}
