package import TarnBase
import TarnColumns
import TarnParquet
package import TarnStorage
package import TarnTable

/// What all files of one commit have in common.
package struct RewriteContext: Sendable {
    package let table: TableHandle
    package let instant: InstantTime
    package let properties: TableProperties
    package let schema: WriteSchema
    package let memory: MemoryPlan
    /// What of the memory is in use, counted.
    package let budget: MemoryBudget
    package let scratch: ScratchSpace
    package let targetBytes: Int64

    package init(
        table: TableHandle, instant: InstantTime, properties: TableProperties, schema: WriteSchema, memory: MemoryPlan, budget: MemoryBudget,
        scratch: ScratchSpace, targetBytes: Int64
    ) {
        self.table = table
        self.instant = instant
        self.properties = properties
        self.schema = schema
        self.memory = memory
        self.budget = budget
        self.scratch = scratch
        self.targetBytes = targetBytes
    }

    /// Pages are small beside the target, so that a file's size is known well before it is reached; those of all columns, and
    /// their dictionaries, fit into the memory for them.
    var parquetOptions: ParquetWriteOptions {
        var options = ParquetWriteOptions()
        options.rowGroupBytes = memory.rowGroup
        let share = max(16 << 10, memory.openPages / (2 * max(1, schema.fileColumns.fields.leafCount)))
        options.pageBytes = min(share, Int(min(1 << 20, max(16 << 10, targetBytes / 32))))
        options.dictionaryBytes = min(share, options.dictionaryBytes)
        options.rootName = schema.recordName
        // What parquet-mr 1.13 writes, whose readers Hudi's are.
        options.writesSizeStatistics = false
        return options
    }

    func open(_ base: BaseFile) async throws -> BaseFileScan { try await .open(base, of: table, fetch: memory.fetch) }

    /// Java readers skip a folder without this file (hudi-format §6.1). It is there once and for ever, whoever made it.
    package func markPartition(_ partition: PartitionPath) async throws {
        let metadata = PartitionMetadata(commitTime: instant, partition: partition)
        let path = table.folder(of: partition).appending(PartitionMetadata.fileName)
        do {
            _ = try await table.store.putOnce(metadata.text(now: table.runtime.clock.nowMilliseconds()), at: path)
        } catch {
            throw TableError(error, at: path, instant: instant)
        }
    }
}
