import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite(.enabled(if: GoldenTable.areThere, Comment(rawValue: GoldenTable.missing)))
struct GoldenTableTests {
    static let copyOnWrite = [
        "v6-0.15-cow-types", "v6-0.15-cow-partodd-enc", "v6-0.15-cow-overwrites", "v6-0.15-cow-clustering-linear", "v6-0.15-cow-bloom-dynamic-rows",
        "v6-0.15-cow-14-digit-instants", "v6-0.15-cow-key-complex-one", "v6-0.15-cow-insert-timeline-markers-killed", "v6-0.15-cow-savepoint-clean",
        "v6-0.14.0-cow-types", "v6-0.15-cow-mdt-files", "v6-0.15-cow-archived-keep-commits", "v6-0.15-cow-pending-clustering",
    ]

    @Test(arguments: copyOnWrite)
    func `tables of the reference implementation are understood`(name: String) async throws {
        let golden = try GoldenTable("spark-lab/\(name)")
        let about = try JSON(parsing: golden.answer("about.json"))
        let table = TableHandle(store: golden.store, path: .root, runtime: .simulated())

        let properties = try await TableProperties.load(table)
        #expect(properties.version == 6 && properties.type == .copyOnWrite && properties.storedChecksum != nil)
        #expect(try JavaProperties(parsing: properties.file.text(comment: "", now: 0)) == properties.file)

        let timeline = try await Timeline.load(table)
        let listed = about["instants"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(timeline.files.map(\.name.text).sorted() == listed.sorted())

        let commits = CompletedCommits(table, timeline: timeline)
        let selection = try await SliceSelection.load(commits)
        let files = try await ListedFiles(table).allFiles()
        let latest = selection.latestBaseFiles(of: files)
        #expect(Set(latest.map(\.group)).count == latest.count)
        #expect(try await TableSchema.load(properties, commits)?.schema.fields.isEmpty == false || timeline.completedWrites.isEmpty)
        let format = PartitionPathFormat(properties)
        for file in latest where !name.contains("key-ts") { #expect(format.values(of: file.partition) != nil, "\(file.relativePath)") }
        #expect(Set(latest.map(\.partition)).isSubset(of: Set(files.markedPartitions)))
        for partition in files.markedPartitions {
            let path = table.folder(of: partition).appending(PartitionMetadata.fileName)
            #expect(try await PartitionMetadata(parsing: table.store.get(path, upTo: .kibibytes(64))).partitionDepth == partition.depth)
        }
        for file in latest { try await check(file, in: table) }
    }

    /// Footer, meta columns and bloom filter of a base file agree with each other.
    private func check(_ file: BaseFile, in table: TableHandle) async throws {
        let reader = try await BaseFileReader.open(file, in: table)
        #expect(reader.schema.names.prefix(5).elementsEqual(MetaFields.names))
        let filter = try reader.bloomFilter()
        var rebuilt = filter.map { RecordBloomFilter(like: $0) }
        var rowCount: Int64 = 0
        var keys: [String] = []
        for try await chunk in reader.rows(as: Schema([Field(MetaFields.recordKey, .string), Field(MetaFields.fileName, .string), Field("added_later", .double)])) {
            #expect(chunk.firstRow == rowCount)
            rowCount += Int64(chunk.batch.rowCount)
            #expect(chunk.batch.columns[2].nullCount == chunk.batch.rowCount)
            rebuilt?.insert(chunk.batch.columns[0])
            for row in 0..<chunk.batch.rowCount {
                #expect(chunk.batch.columns[1].cell(at: row) == .text(Bytes(file.name.text)))
                if case .text(let key) = chunk.batch.columns[0].cell(at: row) { keys.append(key.utf8Text ?? "") }
            }
        }
        #expect(rowCount == reader.rowCount)
        #expect(filter.map { filter in keys.allSatisfy { filter.mayContain($0) } } ?? true, "\(file.relativePath)")
        // Bit for bit, where the filter did not grow.
        if let filter, let rebuilt, filter.rowCount == 1 { #expect(rebuilt.serialized() == filter.serialized(), "\(file.relativePath)") }
        if let range = reader.recordKeyRange { #expect(keys.min { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) } == range.least && keys.contains(range.greatest)) }
    }
}
