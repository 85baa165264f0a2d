import Tarn
import TarnRead
import TarnTable

/// W6: opens a table of many commits and files and tells which files a scan of it reads.
final class ScanPlanning: Workload {
    static let name = "W6"
    static let variants = ["plan-all", "plan-day"]

    private let filter: Filter?
    private let table: String
    private var files = 0

    init(_ arguments: Arguments) throws {
        filter = arguments.variant == "plan-day" ? Conversations.ofDay : nil
        table = try arguments.path("hudi_commits")
    }

    func prepare() async throws {}

    func run() async throws {
        let (store, path) = try Arguments.place(table)
        files = try await Table.open(path.text, in: store).snapshot().fileSlices(where: filter).count
    }

    func finish() async throws -> [(key: String, value: Int64)] { [("files", Int64(files))] }
}
