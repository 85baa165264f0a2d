import TarnBase

extension WriteStat {
    /// All fields, in the order in which Hudi 0.15 writes them.
    var json: JSON {
        var members: [JSON.Member] = [
            .init("fileId", .string(fileID)),
            .init("path", path.map(JSON.string) ?? .null),
            .init("cdcStats", changeFiles.map { .object($0.map { .init($0.path, .int($0.byteCount)) }) } ?? .null),
            .init("prevCommit", .string(previousInstant ?? "null")),
            .init("numWrites", .int(writes)),
            .init("numDeletes", .int(deletes)),
            .init("numUpdateWrites", .int(updates)),
            .init("numInserts", .int(inserts)),
            .init("totalWriteBytes", .int(writtenBytes)),
            .init("totalWriteErrors", .int(writeErrors)),
            .init("tempPath", .null),
            .init("partitionPath", partitionPath.map(JSON.string) ?? .null),
            .init("totalLogRecords", .int(compaction.logRecords)),
            .init("totalLogFilesCompacted", .int(compaction.logFiles)),
            .init("totalLogSizeCompacted", .int(compaction.logBytes)),
            .init("totalUpdatedRecordsCompacted", .int(compaction.updatedRecords)),
            .init("totalLogBlocks", .int(compaction.logBlocks)),
            .init("totalCorruptLogBlock", .int(compaction.corruptLogBlocks)),
            .init("totalRollbackBlocks", .int(compaction.rollbackBlocks)),
            .init("fileSizeInBytes", .int(fileSize)),
            .init("minEventTime", minimumEventTime.map(JSON.int) ?? .null),
            .init("maxEventTime", maximumEventTime.map(JSON.int) ?? .null),
            .init("runtimeStats", durations?.json ?? .null),
        ]
        if let logAppend {
            members += [
                .init("logVersion", .int(logAppend.version)),
                .init("logOffset", .int(logAppend.offset)),
                .init("baseFile", .string(logAppend.baseFile)),
                .init("logFiles", .array(logAppend.logFiles.map(JSON.string))),
                .init("recordsStats", logAppend.recordStatistics),
            ]
        }
        return .object(members)
    }

    /// Members this version does not know are passed over; numbers that are missing count as 0.
    init(_ json: JSON, partitionPath: String) throws(PayloadError) {
        guard json.objectValue != nil else {
            throw PayloadError(CommitMetadata.payload, "a write stat of partition \"\(partitionPath)\" is no object")
        }
        let name = json["path"]?.stringValue ?? json["fileId"]?.stringValue ?? "partition \"\(partitionPath)\""
        let fields = PayloadFields(json: json, payload: CommitMetadata.payload, place: "the write stat of \(name)")
        func count(_ name: String) throws(PayloadError) -> Int64 { try fields.integer(name) ?? 0 }
        self.init(
            fileID: try fields.string("fileId") ?? "", path: try fields.string("path"),
            partitionPath: try fields.string("partitionPath"))
        let previous = try fields.string("prevCommit")
        previousInstant = previous == "null" ? nil : previous
        writes = try count("numWrites")
        deletes = try count("numDeletes")
        updates = try count("numUpdateWrites")
        inserts = try count("numInserts")
        writtenBytes = try count("totalWriteBytes")
        writeErrors = try count("totalWriteErrors")
        fileSize = try count("fileSizeInBytes")
        compaction.logRecords = try count("totalLogRecords")
        compaction.logFiles = try count("totalLogFilesCompacted")
        compaction.logBytes = try count("totalLogSizeCompacted")
        compaction.updatedRecords = try count("totalUpdatedRecordsCompacted")
        compaction.logBlocks = try count("totalLogBlocks")
        compaction.corruptLogBlocks = try count("totalCorruptLogBlock")
        compaction.rollbackBlocks = try count("totalRollbackBlocks")
        minimumEventTime = try fields.integer("minEventTime")
        maximumEventTime = try fields.integer("maxEventTime")
        changeFiles = try WriteStat.lengths(try fields.object("cdcStats"), of: fields)
        durations = try Durations(try fields.object("runtimeStats"), of: fields)
        logAppend = try LogAppend(fields)
    }

    private static func lengths(_ members: [JSON.Member]?, of fields: PayloadFields) throws(PayloadError) -> [FileLength]? {
        guard let members else { return nil }
        var lengths: [FileLength] = []
        for member in members {
            guard let count = member.value.intValue else { throw PayloadError(fields.payload, "\(fields.place): cdcStats are no numbers") }
            lengths.append(FileLength(member.name, count))
        }
        return lengths
    }
}

extension WriteStat.Durations {
    fileprivate var json: JSON {
        .object([
            .init("totalScanTime", .int(scan)), .init("totalUpsertTime", .int(upsert)), .init("totalCreateTime", .int(create)),
        ])
    }

    fileprivate init?(_ members: [JSON.Member]?, of fields: PayloadFields) throws(PayloadError) {
        guard let members else { return nil }
        let fields = PayloadFields(json: .object(members), payload: fields.payload, place: fields.place)
        self.init(
            scan: try fields.integer("totalScanTime") ?? 0, upsert: try fields.integer("totalUpsertTime") ?? 0,
            create: try fields.integer("totalCreateTime") ?? 0)
    }
}

extension WriteStat.LogAppend {
    /// nil for stats of base files, which lack all of it.
    fileprivate init?(_ fields: PayloadFields) throws(PayloadError) {
        guard let version = try fields.integer("logVersion") else { return nil }
        self.init(
            version: version, offset: try fields.integer("logOffset") ?? 0, baseFile: try fields.string("baseFile") ?? "",
            logFiles: try fields.strings("logFiles") ?? [], recordStatistics: fields.json["recordsStats"] ?? .null)
    }
}
