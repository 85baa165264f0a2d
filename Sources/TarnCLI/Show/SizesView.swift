import TarnBase
import TarnTable

/// How large the latest files are, partition by partition, and what waits in logs to be compacted.
struct SizesView: TableView {
    /// Three quarters of the default target size.
    private static let smallFileLimit: Int64 = 90 << 20

    let table: ShownTable

    /// One line of the view: a partition, or all of them.
    private struct Part {
        /// nil: all.
        let partition: PartitionPath?
        let sizes: FileSizes
        let backlog: CompactionBacklog
    }

    private func parts() async throws -> (all: Part, partitions: [Part]) {
        let (files, backlog) = try await table.sizes()
        func part(_ partition: PartitionPath?) -> Part {
            let own = files.filter { file in partition.map { $0 == file.partition } ?? true }
            return Part(
                partition: partition, sizes: FileSizes(own.map(\.size), smallFileLimit: Self.smallFileLimit),
                backlog: partition.map { backlog.of($0) } ?? backlog)
        }
        let partitions = Set(files.map(\.partition)).union(backlog.slices.map(\.group.partition))
        return (part(nil), partitions.sorted().map { part($0) })
    }

    private var isMergeOnRead: Bool { table.properties.type == .mergeOnRead }

    func text() async throws -> String {
        let (all, partitions) = try await parts()
        var head = ["partition", "files", "bytes", "smallest", "median", "largest", "small files"]
        if isMergeOnRead { head += ["slices with logs", "log files", "log bytes", "log to base", "oldest log"] }
        return AlignedText.table([head] + (partitions + [all]).map(row))
    }

    private func row(_ part: Part) -> [String] {
        func size(_ bytes: Int64?) -> String { bytes.map { ByteCount($0).description } ?? "-" }
        let sizes = part.sizes
        var row = [
            part.partition.map { "\($0)" } ?? "all", "\(sizes.fileCount)", size(sizes.totalBytes), size(sizes.smallest), size(sizes.percentile(50)),
            size(sizes.largest), "\(sizes.smallFileCount)",
        ]
        if isMergeOnRead {
            let backlog = part.backlog
            let percent = Int64((backlog.logToBaseRatio * 100).rounded())
            row += [
                "\(backlog.sliceCount)", "\(backlog.logFileCount)", size(backlog.logBytes), "\(percent)%",
                backlog.logFileCount == 0 ? "-" : Duration.milliseconds(backlog.lag(at: now)).shortText,
            ]
        }
        return row
    }

    private var now: Int64 { table.handle.runtime.clock.nowMilliseconds() }

    func json() async throws -> JSON {
        let (all, partitions) = try await parts()
        return .object(
            members(all) + [.init("partitions", .array(partitions.map { .object([.init("partition", .string("\($0.partition ?? .root)"))] + members($0)) }))])
    }

    private func members(_ part: Part) -> [JSON.Member] {
        func number(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
        let (sizes, backlog) = (part.sizes, part.backlog)
        return [
            .init("files", .int(sizes.fileCount)), .init("bytes", .int(sizes.totalBytes)), .init("smallest", number(sizes.smallest)),
            .init("median", number(sizes.percentile(50))), .init("largest", number(sizes.largest)),
            .init("small_files", .int(sizes.smallFileCount)), .init("log_slices", .int(backlog.sliceCount)),
            .init("log_files", .int(backlog.logFileCount)), .init("log_bytes", .int(backlog.logBytes)),
            .init("log_to_base_ratio", .double(backlog.logToBaseRatio)),
            .init("compaction_lag_seconds", .double(Double(backlog.lag(at: now)) / 1000)),
            .init("compaction_lag_p95_seconds", .double(Double(backlog.percentile95(at: now)) / 1000)),
        ]
    }
}
