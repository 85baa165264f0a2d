import TarnAvro
import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

@Suite struct ArchiveTests {
    @Test(arguments: [(".commits_.archive.1_1-0-1", 1), (".commits_.archive.10_1-0-1", 10)])
    func `names of archive files are read and written`(text: String, number: Int) {
        #expect(ArchiveFileName(text)?.number == number && ArchiveFileName(number).text == text)
    }

    @Test(arguments: ["commits_.archive.1_1-0-1", ".commits_.archive.x_1-0-1", ".commits_.archive.1", ".commits_.archive.-1_1-0-1", ".commits_.archive.1_1-0-1.crc", "mergeArchivePlan"])
    func `other names are not`(text: String) {
        #expect(ArchiveFileName(text) == nil)
    }

    @Test func `a cut or turned archive file is an error, never a trap`() throws {
        var file = ArchiveFile()
        let instant = Instant(InstantTime("20260110080000000")!, .commit, .completed)
        try file.append(ArchivedEntry(instant.fileName, of: instant, content: CommitMetadata(operation: .upsert).encoded(), transition: instant.time))
        let bytes = file.finish()
        var whole = ArchivedTimeline()
        try whole.add(bytes)
        #expect(whole.completed == [instant.time])
        for length in stride(from: 1, to: bytes.count, by: 37) {
            var archive = ArchivedTimeline()
            #expect(throws: (any Error).self) { try archive.add(bytes[0..<length]) }
        }
        for place in stride(from: 0, to: bytes.count, by: 211) {
            var turned = bytes.array
            turned[place] ^= 0xff
            var archive = ArchivedTimeline()
            try? archive.add(Bytes(turned))
        }
    }

    @Suite(.enabled(if: GoldenTable.areThere, Comment(rawValue: GoldenTable.missing)))
    struct Golden {
        static let tables = ["v6-0.15-cow-archived-keep-commits", "v6-0.15-mor-archived-compactions", "v6-0.15-mor-archived-rollbacks", "v6-0.15-cow-archived-not-cleaned"]

        @Test(arguments: tables)
        func `Spark's archive is read, and what it holds fits our schema to the byte`(name: String) async throws {
            let golden = try GoldenTable("spark-lab/\(name)")
            let table = TableHandle(store: golden.store, path: .root, runtime: .simulated())
            let folder = try ArchiveFolder(table, try await TableProperties.load(table))
            let files = try await folder.files()
            #expect(!files.isEmpty)
            let timeline = try await Timeline.load(table)
            for (_, object) in files {
                let bytes = try await golden.store.get(object.path)
                // The schema stands in every block's header, as text.
                let schema = Array(ArchivedEntry.schemaText.utf8)
                #expect(bytes.array.firstRange(of: schema) != nil, "\(object.path): another schema")
            }
            let archive = try await folder.load()
            #expect(!archive.completed.isEmpty)
            let first = try #require(timeline.firstActive)
            #expect(archive.completed.allSatisfy { $0 < first })
        }

        /// An instant that is still on the timeline is archived by us as Spark archived its like.
        @Test(arguments: tables.dropLast())
        func `our records have Spark's members`(name: String) async throws {
            let golden = try GoldenTable("spark-lab/\(name)")
            let table = TableHandle(store: golden.store, path: .root, runtime: .simulated())
            let folder = try ArchiveFolder(table, try await TableProperties.load(table))
            var theirs: [String: Set<String>] = [:]
            func members(_ record: AvroValue) -> (String, Set<String>) {
                guard case .record(_, let all) = record else { return ("", []) }
                let kind = "\(record["actionType"]?.stringValue ?? "") \(record["actionState"]?.stringValue ?? "")"
                return (kind, Set(all.filter { !$0.value.isNull }.map(\.name)))
            }
            for (_, object) in try await folder.files() {
                try AvroLogFile.forEachRecord(of: try await golden.store.get(object.path), types: [.avroData]) { record in
                    let (kind, names) = members(record)
                    theirs[kind, default: []].formUnion(names)
                }
            }
            let timeline = try await Timeline.load(table)
            var ours = ArchiveFile()
            for instant in timeline.completed {
                for file in timeline.files(of: instant) {
                    try ours.append(
                        ArchivedEntry(
                            file.name, of: instant, content: file.size == 0 ? Bytes() : try await golden.store.get(table.timelineFile(file.name)),
                            transition: instant.time))
                }
            }
            var count = 0
            try AvroLogFile.forEachRecord(of: ours.finish(), types: [.avroData]) { record in
                let (kind, names) = members(record)
                if let theirs = theirs[kind] {
                    // Where one kind of theirs is several, such as replacements, all of their members are together.
                    #expect(theirs.isSuperset(of: names) && (theirs == names || kind.hasPrefix("replacecommit")), "\(kind)")
                    count += 1
                }
            }
            #expect(count > 5)
        }
    }
}
