import TarnBase
import TarnParquet
import TarnStorage
import TarnTable

/// What all files of one commit have in common.
struct RewriteContext: Sendable {
    let table: TableHandle
    let instant: InstantTime
    let properties: TableProperties
    let schema: WriteSchema
    let memory: MemoryPlan
    let scratch: ScratchSpace
    let targetBytes: Int64

    /// Pages are small beside the target, so that a file's size is known well before it is reached.
    var parquetOptions: ParquetWriteOptions {
        var options = ParquetWriteOptions()
        options.rowGroupBytes = memory.rowGroup
        options.pageBytes = Int(min(1 << 20, max(16 << 10, targetBytes / 32)))
        options.rootName = schema.recordName
        return options
    }

    func open(_ base: BaseFile) async throws -> BaseFileScan {
        try await .open(
            base, of: table, limits: .init(file: 8 << 20, rowGroup: Int64(memory.rowGroup) * 5 / 4, window: memory.window))
    }

    /// Java readers skip a folder without this file (hudi-format §6.1). It is there once and for ever, whoever made it.
    func markPartition(_ partition: PartitionPath) async throws {
        let metadata = PartitionMetadata(commitTime: instant, partition: partition)
        let path = table.folder(of: partition).appending(PartitionMetadata.fileName)
        do {
            _ = try await table.store.putOnce(metadata.text(now: table.runtime.clock.nowMilliseconds()), at: path)
        } catch {
            throw TableError(error, at: path, instant: instant)
        }
    }
}
