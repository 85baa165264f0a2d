import Tarn
import TarnIngest
import TarnTable
import TarnWrite

/// W7 `bulk`: a snapshot's events into a new table by day, in one commit.
final class EventLoading: Workload {
    static let name = "W7"
    static let variants = ["bulk"]

    private let snapshot: String
    private let table: BenchTable

    init(_ arguments: Arguments) throws {
        snapshot = try arguments.path("snapshot")
        table = try BenchTable(below: try arguments.path("out"))
    }

    func prepare() async throws {}

    func run() async throws {
        let created = try await Conversations.createTable(at: table.path, in: table.store)
        try await Events.ingest([snapshot], into: TableSink(created.handle, WriteSettings()))
        table.commits += 1
    }

    func finish() async throws -> [(key: String, value: Int64)] { table.figures }
}

/// W7 `merge`: files of change events into a table by day, a commit each.
final class EventMerging: Workload {
    static let name = "W7"
    static let variants = ["merge"]

    private let base: String
    private let events: String
    private let table: BenchTable

    init(_ arguments: Arguments) throws {
        base = try arguments.path("base")
        events = try arguments.path("ndjson")
        table = try BenchTable(below: try arguments.path("out"))
    }

    func prepare() async throws { try await table.load(base) }

    func run() async throws {
        let opened = try await Table.open(table.path.text, in: table.store)
        let sink = TableSink(opened.handle, WriteSettings())
        for file in try await Arguments.files(in: events, ending: ".ndjson") {
            try await Events.ingest([file], into: sink)
            table.commits += 1
        }
    }

    func finish() async throws -> [(key: String, value: Int64)] { table.figures }
}
