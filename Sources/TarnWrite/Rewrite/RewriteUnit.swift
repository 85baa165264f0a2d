/// Files of one partition that are written one after the other; units do not depend on each other.
struct RewriteUnit: Hashable, Sendable {
    /// The partition's place in the order of paths.
    let rank: Int
    /// The partition has no mark yet, and its files wait for it.
    let marksPartition: Bool
    /// Groups to rewrite, by number.
    let groups: [Int]
    /// The partition's new rows go into the small ones among `groups`, in their order, then into new files.
    let takesInserts: Bool
    /// The number of the file that is made for the first of `groups`; the others follow.
    let firstNumber: Int
    /// The number of the first new file, and how far apart those that follow it are.
    let firstNewNumber: Int
    let newNumberStride: Int
}

/// What is written, and in which pieces.
enum RewritePlanning {
    /// The units of one write, in the order of partitions. A group that no new row can go to is a unit by itself, the rest of
    /// a partition another; all of it one where the partition is not marked yet.
    ///
    /// Numbers of files are chosen so that they are the same whatever is written first, and none occurs twice.
    static func units(of layout: FileLayout, rewrites: PlacedChanges, inserts: PlacedChanges, isMarked: (Int) -> Bool) -> [RewriteUnit] {
        var parts: [(rank: Int, groups: [Int], takesInserts: Bool, isMarked: Bool)] = []
        for (rank, range) in layout.ranges.enumerated() {
            let takesInserts = inserts.count(for: rank) > 0
            func mayGrow(_ group: Int) -> Bool { takesInserts && layout.groups[group].isSmall }
            let groups = range.filter { rewrites.count(for: $0) > 0 || mayGrow($0) }
            guard isMarked(rank) else {
                if takesInserts || !groups.isEmpty { parts.append((rank, groups, takesInserts, false)) }
                continue
            }
            for group in groups where !mayGrow(group) { parts.append((rank, [group], false, true)) }
            if takesInserts { parts.append((rank, groups.filter(mayGrow), true, true)) }
        }
        let insertCount = parts.count { $0.takesInserts }
        var number = 0
        var newNumber = parts.reduce(0) { $0 + $1.groups.count }
        return parts.map { part in
            defer {
                number += part.groups.count
                if part.takesInserts { newNumber += 1 }
            }
            return RewriteUnit(
                rank: part.rank, marksPartition: !part.isMarked, groups: part.groups, takesInserts: part.takesInserts, firstNumber: number,
                firstNewNumber: newNumber, newNumberStride: insertCount)
        }
    }
}
