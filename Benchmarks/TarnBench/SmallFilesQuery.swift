import Tarn
import TarnTable

/// W4 `query`: of one tenant the number of rows and the mean time of each intent, over a table of many small files.
final class SmallFilesQuery: Workload {
    static let name = "W4"
    static let variants = ["query"]

    private let small: String
    private let table: BenchTable
    private var groups: [Cell: (count: Int64, sum: Double, values: Int64)] = [:]

    init(_ arguments: Arguments) throws {
        small = try arguments.path("small")
        table = try BenchTable(below: try arguments.path("out"))
    }

    func prepare() async throws { try await table.loadSmall(small) }

    func run() async throws {
        let opened = try await Table.open(table.path.text, in: table.store)
        for try await batch in try await opened.snapshot().scan(columns: ["intent", "resolution_ms"], where: Conversations.ofTenant) {
            for row in 0..<batch.rowCount {
                var group = groups[batch.columns[0].cell(at: row)] ?? (0, 0, 0)
                group.count += 1
                if case .double(let value) = batch.columns[1].cell(at: row) {
                    group.sum += value
                    group.values += 1
                }
                groups[batch.columns[0].cell(at: row)] = group
            }
        }
    }

    func finish() async throws -> [(key: String, value: Int64)] {
        [("groups", Int64(groups.count)), ("n", groups.values.reduce(0) { $0 + $1.count }), ("table_files", table.smallFiles)]
    }
}
