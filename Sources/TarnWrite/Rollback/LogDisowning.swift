import TarnBase
import TarnStorage
import TarnTable

/// Takes back what an instant wrote into logs: a rollback block behind it, in a file of its own (hudi-format §9.4).
///
/// The log files of the instant stay; readers pass over its blocks. Done again under the same rollback it finds its own block
/// and leaves it.
struct LogDisowning {
    let table: TableHandle
    let rollback: InstantTime
    let target: InstantTime

    /// What was written in one partition.
    struct Outcome {
        let partition: PartitionPath
        /// The files with rollback blocks, and those that the plan named.
        var blocks: [FileLength] = []
        var disowned: [FileLength] = []
    }

    /// Cost: a listing of each touched partition, and a put for each touched slice.
    func run(_ plan: RollbackPlan) async throws -> [Outcome] {
        let touched = Dictionary(grouping: try RollbackPlanning.slices(of: plan), by: \.partition).sorted { $0.key < $1.key }
        guard !touched.isEmpty else { return [] }
        let there = Dictionary(grouping: try await ListedFiles(table).files(in: touched.map(\.key)).logFiles, by: \.partition)
        var outcomes: [Outcome] = []
        for (partition, slices) in touched {
            var outcome = Outcome(partition: partition)
            for (_, slice, files) in slices {
                let logs = (there[partition] ?? []).filter { LogSliceName($0.name) == slice }
                let path = try await disown(slice, logs, in: partition)
                outcome.blocks.append(FileLength(table.store.address(of: path), block.byteCount))
                outcome.disowned += files
            }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private var block: LogBlockFrame { LogBlockFrame(.command, .rollback(of: target, under: rollback)) }

    /// The write token that Spark gives these files.
    private static let token = WriteToken(task: 1, stage: 0, attempt: 1)

    private func disown(_ slice: LogSliceName, _ logs: [LogFile], in partition: PartitionPath) async throws -> ObjectPath {
        for log in logs where log.size == block.byteCount {
            var reader = LogReader(log, in: table)
            if let found = try await reader.next(), found.instant == rollback, found.rolledBack == target { return log.path(in: table) }
        }
        var version = (logs.map(\.name.version).max() ?? 0) + 1
        while true {
            let name = LogFileName(slice.fileID, slice.baseInstant, version: version, token: Self.token)
            let path = table.folder(of: partition).appending(name.text)
            do {
                if try await table.store.putOnce(block.bytes, at: path) { return path }
            } catch {
                throw TableError(error, at: path, instant: rollback)
            }
            version += 1
        }
    }
}
