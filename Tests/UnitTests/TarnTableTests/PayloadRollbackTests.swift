import FoundationEssentials
import TarnAvro
import TarnBase
import TarnTable
import Testing

@Suite struct PayloadRollbackTests {
    /// A container with one record, from the schema's text and the bytes behind the header.
    static func file(_ schema: String, _ body: String) throws -> Bytes {
        let body = Bytes([UInt8](Data(base64Encoded: body) ?? Data()))
        let marker = body[0..<16]
        // The header comes out of the container writer; the block is Spark's.
        let schema = try AvroSchema(parsing: schema)
        var header = try AvroContainer.file(
            of: try AvroCodec(schema).decode(body[block(body)]), schema: schema,
            random: ScriptedRandom(marker.withValues(of: UInt64.self) { Array($0) })
        ).array
        header.removeLast(body.count)
        return Bytes(header + body.array)
    }

    /// Where the record lies: behind the marker, the count 1 and the size, before the marker.
    private static func block(_ body: Bytes) -> Range<Int> {
        let sizeByteCount = body[17] < 0x80 ? 1 : 2
        return (17 + sizeByteCount)..<(body.count - 16)
    }

    @Test func `Spark's rollback plan is read and written again byte for byte`() throws {
        let file = try Self.file(SparkFacts.rollbackPlanSchema, SparkFacts.rollbackPlanBody)
        let plan = try RollbackPlan(parsing: file)
        #expect(plan.instant == "20261123024624858")
        #expect(plan.action == "deltacommit")
        #expect(plan.requests.map(\.partitionPath) == ["p0", "p3"])
        #expect(plan.requests[0].fileID == "2929aae0-1fa3-4249-880a-972dddf7aa93-0")
        #expect(plan.requests[0].latestBaseInstant == "20261123024620655")
        #expect(plan.requests[0].logBlocksToDelete?.count == 1)
        #expect(plan.requests[1].filesToDelete.count == 1)
        #expect(plan.encoded(random: try Self.random(of: file)) == file)
    }

    @Test func `Spark's rollback metadata is read and written again byte for byte`() throws {
        let file = try Self.file(SparkFacts.rollbackMetadataSchema, SparkFacts.rollbackMetadataBody)
        let metadata = try RollbackMetadata(parsing: file)
        #expect(metadata.startTime == "20261123024630557")
        #expect(metadata.instants == [.init("20261123024624858", "deltacommit")])
        #expect(metadata.deletedFileCount == 1)
        #expect(metadata.partitions.map(\.partitionPath) == ["p0", "p3"])
        #expect(metadata.partitions[0].rollbackLogFiles?.first?.byteCount == 105)
        #expect(metadata.encoded(random: try Self.random(of: file)) == file)
    }

    private static func random(of file: Bytes) throws -> ScriptedRandom {
        ScriptedRandom(try AvroContainer(parsing: file).syncMarker.withValues(of: UInt64.self) { Array($0) })
    }

    @Test func `ours come back as they were`() throws {
        let plan = RollbackPlan(
            instant: "20260101000000000", action: "commit",
            requests: [
                RollbackRequest(partitionPath: "", fileID: nil, latestBaseInstant: nil, filesToDelete: ["/t/ä.parquet"], logBlocksToDelete: nil),
                RollbackRequest(partitionPath: "a/b=1", fileID: "f-0", latestBaseInstant: "20250101000000000", logBlocksToDelete: [FileLength("x", 1 << 40)]),
            ])
        #expect(try RollbackPlan(parsing: plan.encoded(random: ScriptedRandom([]))) == plan)
        let metadata = RollbackMetadata(
            startTime: "20260101000000001", milliseconds: 12, instants: [.init("20260101000000000", "commit")],
            partitions: [RollbackPartition(partitionPath: "", deletedFiles: ["/t/x"], failedFiles: ["/t/y"], rollbackLogFiles: nil, logFilesFromFailedCommit: nil)])
        #expect(try RollbackMetadata(parsing: metadata.encoded(random: ScriptedRandom([]))) == metadata)
    }

    @Test func `other fields are passed over, missing ones take their defaults, and junk is an error`() throws {
        let text = #"""
            {"type":"record","name":"HoodieRollbackPlan","fields":[{"name":"future","type":"long"},{"name":"instantToRollback","type":["null",
            {"type":"record","name":"I","fields":[{"name":"action","type":"string"},{"name":"commitTime","type":"string"}]}]}]}
            """#
        let schema = try AvroSchema(parsing: text)
        func file(_ instant: AvroValue) throws -> Bytes {
            try AvroContainer.file(
                of: .record([.init("future", .long(1)), .init("instantToRollback", instant)]), schema: schema, random: ScriptedRandom([]))
        }
        let instant = AvroValue.record([.init("action", .string("commit")), .init("commitTime", .string("1"))])
        #expect(try RollbackPlan(parsing: file(instant)) == RollbackPlan(instant: "1", action: "commit", requests: []))
        let null = #expect(throws: PayloadError.self) { try RollbackPlan(parsing: file(.null)) }
        #expect(null?.description == "not a legal rollback plan: instantToRollback is null")
        #expect(throws: PayloadError.self) { try RollbackPlan(parsing: Bytes("{}")) }
        #expect(throws: PayloadError.self) { try RollbackMetadata(parsing: file(instant)) }
    }

    @Test func `a plan of clustering is told from a plain replace`() throws {
        let schema = try AvroSchema(parsing: SparkFacts.requestedReplaceSchema)
        func member(_ name: String, _ value: AvroValue) -> AvroValue.Member { .init(name, value) }
        func file(_ operation: AvroValue, _ plan: AvroValue) throws -> Bytes {
            let record = AvroValue.record([
                member("operationType", operation), member("clusteringPlan", plan), member("extraMetadata", .null), member("version", .null),
            ])
            return try AvroContainer.file(of: record, schema: schema, random: ScriptedRandom([]))
        }
        let slice = AvroValue.record([
            member("dataFilePath", .string("/t/p0/x")), member("deltaFilePaths", .array([])), member("fileId", .string("f-0")),
            member("partitionPath", .string("p0")), member("bootstrapFilePath", .string("")), member("version", .int(1)),
        ])
        let group = AvroValue.record([
            member("slices", .array([slice])), member("metrics", .map([])), member("numOutputFileGroups", .int(1)),
            member("extraMetadata", .null), member("version", .int(1)),
        ])
        let plan = AvroValue.record([
            member("inputGroups", .array([group])), member("strategy", .null), member("extraMetadata", .map([])), member("version", .int(1)),
            member("preserveHoodieMetadata", .boolean(true)),
        ])
        let clustering = try RequestedReplace(parsing: file(.string("CLUSTER"), plan))
        #expect(clustering.isClustering)
        #expect(clustering.groups == [PlannedGroup(partitionPath: "p0", fileID: "f-0")])
        let plain = try RequestedReplace(parsing: file(.null, .null))
        #expect(!plain.isClustering && plain.groups.isEmpty)
        #expect(try !RequestedReplace(parsing: Bytes()).isClustering)
    }
}
