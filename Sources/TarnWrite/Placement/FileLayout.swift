import TarnBase
import TarnTable

/// The latest base files, in the order in which a write goes through them, and which of them take inserts.
///
/// By partition; in a partition first the files that are full, then the small ones, smallest first: the smallest grow first.
struct FileLayout: Sendable {
    struct Group: Sendable {
        let file: BaseFile
        /// Place of its partition in the order of paths.
        let partition: UInt32
        /// Small enough to be rewritten for inserts alone.
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
    ///   - clusterings: Groups in their plans take no inserts.
    ///   - partition: The place of a path in the order of paths.
    init(
        _ files: [BaseFile], partitionCount: Int, target: ByteCount, clusterings: PendingClusterings = .none,
        partition: (PartitionPath) -> UInt32
    ) {
        let limit = Int64(Double(target.bytes) * Self.smallShare)
        let groups = files.map {
            Group(file: $0, partition: partition($0.partition), isSmall: $0.size < limit && clusterings.groups[$0.group] == nil)
        }
        self.groups = groups.sorted { left, right in
            if left.partition != right.partition { return left.partition < right.partition }
            if left.isSmall != right.isSmall { return !left.isSmall }
            if left.isSmall, left.file.size != right.file.size { return left.file.size < right.file.size }
            return left.file.fileID < right.file.fileID
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
