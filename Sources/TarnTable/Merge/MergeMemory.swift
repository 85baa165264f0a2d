package import TarnBase
package import TarnStorage

/// What the merging of one slice may use.
package struct MergeMemory: Sendable {
    /// For the rows and keys of the logs; what does not fit goes to scratch files, and where not even the keys fit, they are
    /// merged a share at a time, each of which reads the slice anew.
    package var logs: ByteCount
    /// How much of a base file's column is fetched at once.
    package var window: Int
    package var scratch: ScratchSpace

    package init(logs: ByteCount = .mebibytes(512), window: Int = 1 << 20, scratch: ScratchSpace) {
        precondition(logs.bytes > 0 && window > 0)
        self.logs = logs
        self.window = window
        self.scratch = scratch
    }

    /// Content that came along with block headers is kept up to this, so that small logs are read once.
    var keptContentBytes: Int { Int(min(32 << 20, logs.bytes / 8)) }
}
