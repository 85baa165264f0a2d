import TarnAvro
import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct PayloadClusteringTests {
    @Test(
        .enabled(if: GoldenTable.areThere, "\(GoldenTable.missing)"),
        arguments: ["cow-clustering-linear", "cow-clustering-zorder", "cow-pending-clustering", "mor-clustering-hilbert", "mor-pending-clustering", "cow-overwrites"])
    func `Spark's requests for replacecommits are read and written again byte for byte`(name: String) async throws {
        let golden = try GoldenTable("spark-lab/v6-0.15-\(name)")
        let table = TableHandle(store: golden.store, path: .root, runtime: .system)
        let requests = try await Timeline.load(table).instants.filter { $0.action == .replaceCommit }
        #expect(!requests.isEmpty)
        for instant in requests {
            let file = try await golden.store.get(table.timelineFile(instant.fileName(.requested)))
            let request = try RequestedReplace(parsing: file)
            let marker = try AvroContainer(parsing: file).syncMarker
            #expect(request.encoded(random: ScriptedRandom(marker.withValues(of: UInt64.self) { Array($0) })) == file, "\(instant)")
            #expect(request.isClustering == name.contains("clustering"))
            #expect(request.groups.count == (request.isClustering ? request.plan?.groups.reduce(0) { $0 + $1.slices.count } : 0))
        }
    }

    @Test func `a plan of ours comes back as it was`() throws {
        var plan = ClusteringPlan(
            groups: [
                .init(
                    slices: [.init(group: PlannedGroup(partitionPath: "a/b=1", fileID: "f-0"), baseFile: "file:/t/ä.parquet", logFiles: []),
                        .init(group: PlannedGroup(partitionPath: "a/b=1", fileID: "g-0"), baseFile: "", logFiles: ["x", "y"])],
                    metrics: [.init("TOTAL_IO_MB", 0.5)], outputFileCount: 3)
            ],
            strategyParameters: [ClusteringPlan.sortColumnsKey: "a,b"])
        plan.groups[0].extraMetadata = ["k": "v"]
        let file = RequestedReplace(clustering: plan).encoded(random: Runtime.system.random)
        #expect(try RequestedReplace(parsing: file).plan == plan)
        for cut in 0..<file.count where cut > 0 { #expect(throws: PayloadError.self) { try RequestedReplace(parsing: file[0..<cut]) } }
    }
}
