import Tarn

/// W4 `compact`, `stitch`, `sort`, `zorder`: a table of many small files becomes one of few, in the order of the rows as they
/// are, the row groups as they are, by tenant and time, or along the curve of both.
final class SmallFilesClustering: Workload {
    static let name = "W4"
    static let variants = ["compact", "stitch", "sort", "zorder"]

    private let small: String
    private let table: BenchTable
    private var clustering = Clustering(targetFileSize: .mebibytes(128))
    private var filesRead = 0
    private var filesWritten = 0
    private var rowGroupsCopied = 0

    init(_ arguments: Arguments) throws {
        small = try arguments.path("small")
        table = try BenchTable(below: try arguments.path("out"))
        switch arguments.variant {
        case "stitch": clustering.smallRowGroupLimit = .bytes(0)
        case "zorder":
            clustering.sortColumns = ["tenant_id", "event_ts"]
            clustering.curve = .zorder
        case "sort": clustering.sortColumns = ["tenant_id", "event_ts"]
        default: break
        }
    }

    func prepare() async throws { try await table.loadSmall(small) }

    func run() async throws {
        let report = try await Table.open(table.path.text, in: table.store).cluster(clustering)
        table.commits += 1
        (filesRead, filesWritten, rowGroupsCopied) = (report.filesRead, report.filesWritten, report.rowGroupsCopied)
    }

    func finish() async throws -> [(key: String, value: Int64)] {
        [("table_files", table.smallFiles), ("files_read", Int64(filesRead)), ("files_written", Int64(filesWritten)), ("row_groups_copied", Int64(rowGroupsCopied))]
            + table.figures
    }
}
