import TarnAvro
package import TarnBase

/// Which files a savepoint keeps: `<T>.savepoint`, where T is the commit that is kept (format §9.5).
package struct SavepointMetadata: Hashable, Sendable {
    package struct Partition: Hashable, Sendable {
        package var partitionPath: String
        /// Bare names of base and log files.
        package var files: [String]

        package init(partitionPath: String, files: [String]) {
            self.partitionPath = partitionPath
            self.files = files
        }
    }

    package var user: String
    /// Milliseconds since 1970 UTC.
    package var savedAtMilliseconds: Int64
    package var comments: String
    package var partitions: [Partition]

    package init(user: String, savedAtMilliseconds: Int64, comments: String, partitions: [Partition]) {
        self.user = user
        self.savedAtMilliseconds = savedAtMilliseconds
        self.comments = comments
        self.partitions = partitions
    }
}

extension SavepointMetadata {
    static let payload = "savepoint metadata"

    package init(parsing file: Bytes) throws(PayloadError) {
        let record = try AvroContainer.payload(file, as: SavepointMetadata.schema, named: SavepointMetadata.payload)
        self.init(
            user: record.text("savepointedBy"), savedAtMilliseconds: record.number("savepointedAt"), comments: record.text("comments"),
            partitions: (record["partitionMetadata"]?.mapValue ?? []).map { member in
                Partition(partitionPath: member.value.text("partitionPath"), files: member.value.texts("savepointDataFile"))
            })
    }

    /// The file's bytes.
    package func encoded(random: any RandomSource) -> Bytes {
        let record = AvroValue.record([
            .init("savepointedBy", .string(user)),
            .init("savepointedAt", .long(savedAtMilliseconds)),
            .init("comments", .string(comments)),
            .init(
                "partitionMetadata",
                .map(
                    partitions.map { partition in
                        .init(
                            partition.partitionPath,
                            .record([.init("partitionPath", .string(partition.partitionPath)), .init("savepointDataFile", .strings(partition.files))]))
                    })),
            .init("version", .int(1)),
        ])
        do { return try AvroContainer.file(of: record, schema: SavepointMetadata.schema, random: random) } catch {
            preconditionFailure("\(error)")
        }
    }

    static let schema: AvroSchema = {
        let partition = PayloadSchema.record(
            "HoodieSavepointPartitionMetadata",
            [AvroField("partitionPath", PayloadSchema.string), AvroField("savepointDataFile", PayloadSchema.strings)])
        return PayloadSchema.record(
            "HoodieSavepointMetadata",
            [
                AvroField("savepointedBy", PayloadSchema.string), AvroField("savepointedAt", .long), AvroField("comments", PayloadSchema.string),
                AvroField("partitionMetadata", PayloadSchema.map(partition)), PayloadSchema.version,
            ])
    }()
}
