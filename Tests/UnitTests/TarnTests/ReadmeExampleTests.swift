import Tarn
import TarnTestSupport
import Testing

@Suite struct ReadmeExampleTests {
    @Test func `the example of the README works`() async throws {
        let temporary = try TemporaryFolder()
        #expect(try await example(in: temporary.path) == [1])
    }

    @Test func `the README shows the example that is tested`() throws {
        let readme = try text(of: "README.md").components(between: "```swift\n", and: "```")
        let tested = try text(of: "Tests/UnitTests/TarnTests/ReadmeExampleTests.swift").components(between: "// <example>\n", and: "\n        // </example>")
        let shown = readme.split(separator: "\n").filter { $0 != "import Tarn" }.map(trimmed)
        #expect(shown == tested.split(separator: "\n").map(trimmed).map { $0.replacing("counts.append(batch.rowCount)", with: "print(batch.rowCount)") })
    }

    private func example(in folder: String) async throws -> [Int] {
        var counts: [Int] = []
        // <example>
        let schema: Schema = [
            Field("id", .string, nullable: false),
            Field("city", .string, nullable: false),
            Field("fare", .double),
            Field("ts", .int64, nullable: false),
        ]
        var configuration = TableConfiguration(name: "trips", schema: schema, recordKey: ["id"])
        configuration.partitioning = .fields(["city"])
        configuration.orderingFields = ["ts"]

        let lake = try LocalStore(root: folder)
        let trips = try await Table.create(configuration, at: "trips", in: lake)

        struct Trip: Codable { var id, city: String; var fare: Double; var ts: Int64 }
        let commit = try await trips.upsert(RecordBatch([Trip(id: "t-17", city: "Oslo", fare: 31.5, ts: 1)], schema: schema))
        print(commit.statistics.inserted, "inserted,", commit.statistics.updated, "updated")

        for try await batch in try await trips.snapshot().scan(columns: ["id", "fare"], where: .equal("city", "Oslo")) {
            counts.append(batch.rowCount)
        }
        // </example>
        return counts
    }

    private func text(of file: String) throws -> String {
        let read = try ChildProcess.run(["cat", "\(repositoryFolder)/\(file)"])
        guard read.exitCode == 0 else { throw Unexpected(read.errors) }
        return read.output
    }

    private func trimmed(_ line: Substring) -> String {
        let start = line.firstIndex { $0 != " " } ?? line.endIndex
        return String(line[start...])
    }
}

extension String {
    fileprivate func components(between begin: String, and end: String) throws -> String {
        guard let from = firstRange(of: begin)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound else {
            throw Unexpected("there is nothing between \(begin) and \(end)")
        }
        return String(self[from..<to])
    }
}
