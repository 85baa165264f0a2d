import TarnBase
import TarnTable

/// How large the latest files are, partition by partition.
struct SizesView: TableView {
    /// Three quarters of the default target size.
    private static let smallFileLimit: Int64 = 90 << 20

    let table: ShownTable

    func text() async throws -> String {
        let files = try await table.latestFiles()
        var rows = [["partition", "files", "bytes", "smallest", "median", "largest", "small files"]]
        for (partition, sizes) in FileSizes.byPartition(files, smallFileLimit: SizesView.smallFileLimit) { rows.append(row("\(partition)", sizes)) }
        rows.append(row("all", FileSizes(files.map(\.size), smallFileLimit: SizesView.smallFileLimit)))
        return AlignedText.table(rows)
    }

    private func row(_ name: String, _ sizes: FileSizes) -> [String] {
        func size(_ bytes: Int64?) -> String { bytes.map { ByteCount($0).description } ?? "-" }
        return [
            name, "\(sizes.fileCount)", size(sizes.totalBytes), size(sizes.smallest), size(sizes.percentile(50)), size(sizes.largest),
            "\(sizes.smallFileCount)",
        ]
    }

    func json() async throws -> JSON {
        let files = try await table.latestFiles()
        func object(_ sizes: FileSizes) -> [JSON.Member] {
            func number(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
            return [
                .init("files", .int(sizes.fileCount)), .init("bytes", .int(sizes.totalBytes)), .init("smallest", number(sizes.smallest)),
                .init("median", number(sizes.percentile(50))), .init("largest", number(sizes.largest)),
                .init("small_files", .int(sizes.smallFileCount)),
            ]
        }
        let partitions = FileSizes.byPartition(files, smallFileLimit: SizesView.smallFileLimit)
            .map { JSON.object([.init("partition", .string("\($0.partition)"))] + object($0.sizes)) }
        let all = FileSizes(files.map(\.size), smallFileLimit: SizesView.smallFileLimit)
        return .object(object(all) + [.init("partitions", .array(partitions))])
    }
}
