import TarnAvro
import TarnBase
import TarnTable
import TarnTestSupport
import Testing

@Suite struct PayloadCleanTests {
    private func random(of file: Bytes) throws -> ScriptedRandom {
        ScriptedRandom(try AvroContainer(parsing: file).syncMarker.withValues(of: UInt64.self) { Array($0) })
    }

    @Test func `Spark's clean plan is read and written again byte for byte`() throws {
        let file = try PayloadRollbackTests.file(SparkCleanFacts.cleanPlanSchema, SparkCleanFacts.cleanPlanBody)
        let plan = try CleanPlan(parsing: file)
        #expect(plan.earliestInstantToRetain == .init("20261123015758168", action: "commit"))
        #expect(plan.lastCompletedCommit == "20261123015758168" && plan.policy == "KEEP_LATEST_COMMITS")
        #expect(plan.partitions.map(\.partitionPath) == ["p0", "p1", "p2"])
        #expect(plan.files[0].hasPrefix("file:/lab/") && plan.files[0].hasSuffix("/p0/faf05284-f05f-4ecc-ac82-e2d7987ffa9d-0_0-14-17_20261123015736694.parquet"))
        #expect(plan.extraMetadata["savepointed_timestamps"] == "20261123015745086")
        #expect(plan.encoded(random: try random(of: file)) == file)
    }

    @Test func `Spark's clean metadata is read and written again byte for byte`() throws {
        let file = try PayloadRollbackTests.file(SparkCleanFacts.cleanMetadataSchema, SparkCleanFacts.cleanMetadataBody)
        let metadata = try CleanMetadata(parsing: file)
        #expect(metadata.startTime == "20261123015800647" && metadata.milliseconds == 119)
        #expect(metadata.earliestInstantToRetain == "20261123015758168" && metadata.deletedFileCount == 3)
        #expect(metadata.partitions[1].deletedFiles == ["974499d6-f5e0-4c2d-b44e-01bc0b1dd44e-0_1-14-18_20261123015736694.parquet"])
        #expect(metadata.encoded(random: try random(of: file)) == file)
    }

    @Test func `Spark's savepoint is read and written again byte for byte`() throws {
        let file = try PayloadRollbackTests.file(SparkCleanFacts.savepointSchema, SparkCleanFacts.savepointBody)
        let savepoint = try SavepointMetadata(parsing: file)
        #expect(savepoint.user == "tester" && savepoint.comments == "keep v2" && savepoint.savedAtMilliseconds == 1_795_399_077_878)
        #expect(savepoint.partitions.map(\.files.count) == [1, 1, 1])
        #expect(savepoint.encoded(random: try random(of: file)) == file)
    }

    @Test func `a plan without a retention point comes back as it was`() throws {
        let plan = CleanPlan(
            earliestInstantToRetain: nil, lastCompletedCommit: "", policy: "KEEP_LATEST_FILE_VERSIONS",
            partitions: [.init(partitionPath: "", files: ["file:/t/ä.parquet"])])
        #expect(try CleanPlan(parsing: plan.encoded(random: SeededRandom(seed: 1))) == plan)
    }
}
