import TarnBase
import TarnServices
import TarnTable
import TarnTestSupport
import Testing

@Suite struct ClusteringPlannerTests {
    private func slice(_ size: Int64, in partition: String = "p", number: Int, logs: Int64 = 0, at time: Int64 = 0) -> FileSlice {
        let path = PartitionPath(partition)!
        let instant = InstantTime("2026010100000\(1000 + time)")!
        let fileID = FileID("0000000a-0000-4000-8000-00000000\(1000 + number)-0")!
        return FileSlice(
            partition: path, fileID: fileID, baseInstant: instant,
            baseFile: BaseFile(partition: path, name: BaseFileName(fileID, WriteToken(task: 0, stage: 0, attempt: 0), instant), size: size),
            logFiles: logs == 0 ? [] : [LogFile(partition: path, name: LogFileName(fileID, instant, version: 1, token: nil), size: logs)])
    }

    private func clustering(sort: [String] = [], target: Int64 = 100) -> Clustering { Clustering(sortColumns: sort, targetFileSize: ByteCount(target)) }

    private func planned(_ clustering: Clustering, _ slices: [FileSlice], taken: Set<FileGroupID> = [], replaceCommits: Set<InstantTime> = []) -> [[Int64]] {
        ClusteringPlanner(clustering: clustering, taken: taken, replaceCommits: replaceCommits).groups(of: slices).map { $0.slices.map(\.size) }
    }

    @Test func `small files are packed up to the target, large ones left alone`() {
        let sizes: [Int64] = [10, 80, 60, 30, 40, 20, 74, 75]
        let groups = planned(clustering(), sizes.enumerated().map { slice($1, number: $0) })
        #expect(groups.allSatisfy { $0.count > 1 && $0.reduce(0, +) <= 100 })
        #expect(groups.joined().sorted() == [10, 20, 30, 40, 60, 74])
        #expect(groups.count == 3)
    }

    @Test func `what has nobody to go with stays`() {
        #expect(planned(clustering(), [slice(10, number: 1)]) == [])
        #expect(planned(clustering(), [slice(60, number: 1), slice(70, number: 2)]) == [])
        #expect(planned(clustering(), [slice(10, in: "a", number: 1), slice(10, in: "b", number: 2)]) == [])
        #expect(planned(clustering(), []) == [])
    }

    @Test func `no partition is mixed with another, and only the named ones are taken`() {
        let slices = ["a", "b", "c"].flatMap { partition in (0..<4).map { slice(10, in: partition, number: $0) } }
        let all = ClusteringPlanner(clustering: clustering(), taken: [], replaceCommits: []).groups(of: slices)
        #expect(all.map { Set($0.slices.map(\.partition.text)) } == [["a"], ["b"], ["c"]])
        var only = clustering()
        only.partitions = ["b"]
        #expect(ClusteringPlanner(clustering: only, taken: [], replaceCommits: []).groups(of: slices).map(\.slices[0].partition.text) == ["b"])
    }

    @Test func `groups of pending services are theirs`() {
        let slices = (0..<4).map { slice(10, number: $0) }
        #expect(planned(clustering(), slices, taken: [slices[1].group]) == [[10, 10, 10]])
    }

    @Test func `with an order, all small files of a partition are one group`() {
        let slices = (0..<10).map { slice(50, number: $0) }
        let groups = ClusteringPlanner(clustering: clustering(sort: ["a"]), taken: [], replaceCommits: []).groups(of: slices)
        #expect(groups.count == 1 && groups[0].slices.count == 10 && groups[0].outputFileCount == 5)
    }

    @Test func `a lone file is sorted once`() {
        let lone = slice(50, number: 1)
        #expect(planned(clustering(sort: ["a"]), [lone]) == [[50]])
        #expect(planned(clustering(sort: ["a"]), [lone], replaceCommits: [lone.baseInstant]) == [])
    }

    @Test func `rows keep the order in which they came`() {
        let slices = (0..<6).map { slice(Int64(10 + $0), number: 9 - $0, at: Int64($0)) }
        #expect(planned(clustering(), slices.reversed()) == [[10, 11, 12, 13, 14, 15]])
    }

    /// Nothing is lost, nothing comes twice, and a second look finds little left.
    @Test func `random tables are packed soundly`() throws {
        try withSeed { random, seed in
            for _ in 0..<200 {
                let count = Int(random.next() % 60)
                let slices = (0..<count).map { slice(Int64(random.next() % 120), in: "p\(random.next() % 3)", number: $0) }
                let groups = ClusteringPlanner(clustering: clustering(), taken: [], replaceCommits: []).groups(of: slices)
                let taken = groups.flatMap(\.slices)
                try expect(Set(taken.map(\.group)).count == taken.count, "a slice twice, TARN_SEED=\(seed)")
                try expect(taken.allSatisfy { $0.size < 75 } && groups.allSatisfy { $0.slices.reduce(0) { $0 + $1.size } <= 100 }, "TARN_SEED=\(seed)")
                let left = Dictionary(grouping: slices.filter { $0.size < 75 && !taken.contains($0) }, by: \.partition)
                for (partition, rest) in left {
                    let pairs = rest.map(\.size).sorted().prefix(2)
                    try expect(pairs.count < 2 || pairs.reduce(0, +) > 100, "two of \(rest.map(\.size)) in \(partition) fit together, TARN_SEED=\(seed)")
                }
            }
        }
    }
}
