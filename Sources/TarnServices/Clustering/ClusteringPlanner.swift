import TarnBase
package import TarnTable

/// Which file slices are clustered together. Looks at nothing but its arguments.
package struct ClusteringPlanner {
    package let clustering: Clustering
    /// Groups that a pending service is about to replace: theirs.
    package let taken: Set<FileGroupID>
    /// Instants of replacecommits: a lone file of one is in order already.
    package let replaceCommits: Set<InstantTime>

    /// A set of slices of one partition, and how many files come out of it.
    package struct Group: Hashable, Sendable {
        package let slices: [FileSlice]
        package let outputFileCount: Int
    }

    package init(clustering: Clustering, taken: Set<FileGroupID>, replaceCommits: Set<InstantTime>) {
        self.clustering = clustering
        self.taken = taken
        self.replaceCommits = replaceCommits
    }

    /// By partition; each slice at most once.
    ///
    /// Without sort columns slices are packed until the target is reached, and what stays alone is left. With them all small
    /// files of a partition are one group, since an order helps as far as it reaches.
    package func groups(of slices: [FileSlice]) -> [Group] {
        let wanted = clustering.partitions.map(Set.init)
        let eligible = slices.filter { slice in
            (slice.baseFile?.size ?? 0) < clustering.smallFileBytes && !taken.contains(slice.group)
                && wanted?.contains(slice.partition.text) ?? true
        }
        return Dictionary(grouping: eligible, by: \.partition).sorted { $0.key < $1.key }.flatMap { _, slices in
            clustering.sortColumns.isEmpty ? packed(slices) : sorted(slices)
        }
    }

    /// The largest slice first, each into the first group that has room for it.
    private func packed(_ slices: [FileSlice]) -> [Group] {
        var bins: [(bytes: Int64, slices: [FileSlice])] = []
        // Bins before this one are full to the last small file.
        var firstOpen = 0
        let smallest = slices.map(\.size).min() ?? 0
        for slice in slices.sorted(by: { ($1.size, $0.fileID) < ($0.size, $1.fileID) }) {
            if let bin = bins[firstOpen...].firstIndex(where: { $0.bytes + slice.size <= targetBytes }) {
                bins[bin].bytes += slice.size
                bins[bin].slices.append(slice)
            } else {
                bins.append((slice.size, [slice]))
            }
            while firstOpen < bins.count, bins[firstOpen].bytes + smallest > targetBytes { firstOpen += 1 }
        }
        return bins.filter { $0.slices.count > 1 }.map { Group(slices: inOrderOfTime($0.slices), outputFileCount: 1) }
    }

    private func sorted(_ slices: [FileSlice]) -> [Group] {
        if slices.count == 1, slices[0].logFiles.isEmpty, replaceCommits.contains(slices[0].baseInstant) { return [] }
        let bytes = slices.reduce(0) { $0 + $1.size }
        return [Group(slices: inOrderOfTime(slices), outputFileCount: Int((bytes + targetBytes - 1) / targetBytes))]
    }

    /// Rows that were written together stay together.
    private func inOrderOfTime(_ slices: [FileSlice]) -> [FileSlice] {
        slices.sorted { ($0.baseInstant, $0.fileID) < ($1.baseInstant, $1.fileID) }
    }

    private var targetBytes: Int64 { max(1, clustering.targetFileSize.bytes) }
}
