package import TarnBase
import TarnParquet
package import TarnStorage

/// What the merging of one slice may use.
package struct MergeMemory: Sendable {
    /// For the rows and keys of the logs; what does not fit goes to scratch files, and where not even the keys fit, they are
    /// merged a share at a time, each of which reads the slice anew.
    package var logs: ByteCount
    /// How much of a base file's column is fetched at once.
    package var window: Int
    package var scratch: ScratchSpace
    /// Where it is counted.
    package var budget: MemoryBudget

    package init(logs: ByteCount = .mebibytes(512), window: Int = 1 << 20, scratch: ScratchSpace, budget: MemoryBudget? = nil) {
        precondition(logs.bytes > 0 && window > 0)
        self.logs = logs
        self.window = window
        self.scratch = scratch
        self.budget = budget ?? MemoryBudget(limit: logs)
    }

    /// Content that came along with block headers is kept up to this, so that small logs are read once.
    var keptContentBytes: Int { Int(min(32 << 20, logs.bytes / 8)) }
    /// A batch of log records is closed at it, before it is counted.
    var batchBytes: Int { Int(min(64 << 20, max(256 << 10, logs.bytes / 16))) }

    /// How a base file is read whose columns have so many leaves.
    func scanOptions(leafCount: Int, batchRows: Int) -> ScanOptions {
        var options = ScanOptions(batchRows: batchRows)
        let share = Int(logs.bytes / 8) / max(1, leafCount)
        options.fetchBytes = min(window, max(64 << 10, share))
        options.batchBytes = min(options.batchBytes, max(256 << 10, share))
        return options
    }
}
