/// How big the files are that a snapshot reads: for `tarn show` and the small-file gauges (freshness.md §3).
package struct FileSizes: Hashable, Sendable {
    package let fileCount: Int
    package let totalBytes: Int64
    /// Files below the small-file limit.
    package let smallFileCount: Int
    private let sorted: [Int64]

    package init(_ sizes: [Int64], smallFileLimit: Int64) {
        sorted = sizes.sorted()
        fileCount = sizes.count
        totalBytes = sizes.reduce(0, +)
        smallFileCount = sizes.count { $0 < smallFileLimit }
    }

    package var smallest: Int64? { sorted.first }
    package var largest: Int64? { sorted.last }

    /// The size that `percent` of the files do not exceed (nearest rank); nil without files.
    package func percentile(_ percent: Int) -> Int64? {
        precondition((0...100).contains(percent))
        guard !sorted.isEmpty else { return nil }
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }

    /// The sizes of base files by partition.
    package static func byPartition(_ files: [BaseFile], smallFileLimit: Int64) -> [(partition: PartitionPath, sizes: FileSizes)] {
        Dictionary(grouping: files, by: \.partition).map { ($0.key, FileSizes($0.value.map(\.size), smallFileLimit: smallFileLimit)) }
            .sorted { $0.partition < $1.partition }
    }
}
