import TarnBase
import TarnTable
import Testing

@Suite struct PayloadCommitTests {
    /// A deltacommit of `v6-0.15`, shortened: a new base file, and an append to a log.
    private static let spark = #"""
        {"partitionToWriteStats":{"p1":[{"fileId":"62b6-0","path":"p1/62b6-0_0-14-26_20261123015054258.parquet","cdcStats":null,"prevCommit":"null",
        "numWrites":10,"numDeletes":0,"numUpdateWrites":0,"numInserts":10,"totalWriteBytes":447416,"totalWriteErrors":0,"tempPath":null,"partitionPath":"p1",
        "totalLogRecords":0,"totalLogFilesCompacted":0,"totalLogSizeCompacted":0,"totalUpdatedRecordsCompacted":0,"totalLogBlocks":0,"totalCorruptLogBlock":0,
        "totalRollbackBlocks":0,"fileSizeInBytes":447416,"minEventTime":null,"maxEventTime":7,"runtimeStats":{"totalScanTime":1,"totalUpsertTime":2,"totalCreateTime":5467}},
        {"fileId":"d206-0","path":"p1/.d206-0_20250117083125837.log.1_0-33-43","cdcStats":{"p1/.x.cdc":245},"prevCommit":"20250117083125837","numWrites":1,
        "numDeletes":2,"numUpdateWrites":3,"numInserts":4,"totalWriteBytes":11721,"totalWriteErrors":5,"tempPath":null,"partitionPath":"p1","totalLogRecords":6,
        "totalLogFilesCompacted":7,"totalLogSizeCompacted":8,"totalUpdatedRecordsCompacted":9,"totalLogBlocks":10,"totalCorruptLogBlock":11,
        "totalRollbackBlocks":12,"fileSizeInBytes":11722,"minEventTime":null,"maxEventTime":null,"runtimeStats":null,"logVersion":1,"logOffset":0,
        "baseFile":"d206-0_0-13-23_20250117083125837.parquet","logFiles":[".d206-0_20250117083125837.log.1_0-33-43"],"recordsStats":{"val":null}}],"p2":[]},
        "compacted":false,"extraMetadata":{"schema":"{\"type\":\"record\"}","b":"2","a":"1"},"operationType":"UPSERT","partitionToReplaceFileIds":{"p3":["x-0","y-0"]}}
        """#.replacing("\n", with: "")

    @Test func `what Spark wrote is read, and written again member by member in its order`() throws {
        let metadata = try CommitMetadata(parsing: Bytes(Self.spark))
        #expect(metadata.json.description == Self.spark)
        #expect(try CommitMetadata(parsing: metadata.encoded()) == metadata)
        #expect(metadata.operation == .upsert)
        #expect(metadata.stats.map(\.fileID) == ["62b6-0", "d206-0"])
        #expect(metadata.stats[0].previousInstant == nil)
        #expect(metadata.stats[1].previousInstant == "20250117083125837")
        #expect(metadata.stats[1].logAppend?.logFiles == [".d206-0_20250117083125837.log.1_0-33-43"])
        #expect(metadata.stats[1].changeFiles == [FileLength("p1/.x.cdc", 245)])
        #expect(metadata.extraMetadata["b"] == "2")
        #expect(metadata.schemaText == #"{"type":"record"}"#)
        #expect(metadata.replacedGroups == [.init("p3", ["x-0", "y-0"])])
    }

    @Test func `a commit of ours has every field that readers need`() throws {
        var metadata = CommitMetadata(operation: .upsert, partitions: [
            .init("", [WriteStat(fileID: "f-0", path: "f-0_0-1-0_20260101000000000.parquet", partitionPath: "", writes: 3, inserts: 3, fileSize: 99)])
        ])
        metadata.extraMetadata["schema"] = "{}"
        let text = metadata.encoded().utf8Text ?? ""
        #expect(text.hasPrefix("{\n  \"partitionToWriteStats\" : {\n    \"\" : [ {\n      \"fileId\" : \"f-0\",\n"))
        let stat = metadata.json["partitionToWriteStats"]?[""]?.arrayValue?.first
        #expect(stat?["prevCommit"] == "null")
        #expect(stat?["totalWriteBytes"] == 99)
        #expect(stat?["fileSizeInBytes"] == 99)
        #expect(stat?.objectValue?.count == 23)
        #expect(metadata.json["partitionToReplaceFileIds"] == nil)
    }

    @Test func `unknown members and missing counts are taken, as in Java`() throws {
        let text = #"{"partitionToWriteStats":{"p":[{"fileId":"f","path":"p/f","numUpdates":3,"prevBaseFile":"x"}]},"new":{},"operationType":"BUCKET_RESCALE"}"#
        let metadata = try CommitMetadata(parsing: Bytes(text))
        #expect(metadata.stats == [WriteStat(fileID: "f", path: "p/f", partitionPath: nil)])
        #expect(metadata.operation == .bucketRescale)
        #expect(!WriteOperation.knownToVersion6.contains(metadata.operation))
        #expect(try CommitMetadata(parsing: Bytes("{}")).operation == .unknown)
        let profile = #"{"partitionToWriteStats":{"p":[{"fileId":"","path":null,"prevCommit":"null","partitionPath":null,"numInserts":7}]},"extraMetadata":{},"operationType":"UPSERT"}"#
        #expect(try CommitMetadata(parsing: Bytes(profile)).stats.first?.path == nil)
    }

    @Test(arguments: [
        ("[]", "no object"), ("{", "not valid JSON"), ("", "not valid JSON"),
        (#"{"partitionToWriteStats":[]}"#, "partitionToWriteStats is not an object"),
        (#"{"partitionToWriteStats":{"p":{}}}"#, "of partition \"p\" are no array"), (#"{"partitionToWriteStats":{"p":[1]}}"#, "is no object"),
        (#"{"partitionToWriteStats":{"p":[{"path":"p/f","numWrites":"3"}]}}"#, "the write stat of p/f: numWrites is not an integer"),
        (#"{"partitionToWriteStats":{"p":[{"path":"p/f","numWrites":1.5}]}}"#, "numWrites is not an integer"),
        (#"{"partitionToWriteStats":{"p":[{"path":"p/f","logVersion":1,"logFiles":[1]}]}}"#, "logFiles has an element 1"),
        (#"{"extraMetadata":{"a":1}}"#, "a is not a string"), (#"{"operationType":1}"#, "operationType is not a string"),
        (#"{"partitionToReplaceFileIds":{"p":"x"}}"#, "is not an array"),
    ])
    func `what is no commit metadata is refused with its place`(text: String, reason: String) {
        let error = #expect(throws: PayloadError.self) { try CommitMetadata(parsing: Bytes(text)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `extra metadata keeps its order and forgets what is set to nil`() {
        var extra: ExtraMetadata = ["a": "1", "b": "2", "c": "3"]
        extra["b"] = "4"
        extra["a"] = nil
        extra["d"] = nil
        #expect(extra.entries.map(\.key) == ["b", "c"])
        #expect(extra["b"] == "4")
    }

    @Test func `no cut of a commit traps`() throws {
        let file = Bytes(Self.spark)
        for cut in 0..<file.count { #expect(throws: PayloadError.self) { try CommitMetadata(parsing: file[0..<cut]) } }
    }
}
