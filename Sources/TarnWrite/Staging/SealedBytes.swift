import TarnBase

/// Spilled bytes to which no more are appended: any number may read them at the same time.
// Sendable: whoever makes one lets go of the only reference that could append; reading changes nothing.
struct SealedBytes: @unchecked Sendable {
    private let bytes: SpilledBytes

    init(_ bytes: SpilledBytes) { self.bytes = bytes }

    /// Copies the bytes of `range` to `target`, which has room for them.
    func copy(_ range: Range<Int64>, to target: UnsafeMutableRawPointer) throws { try bytes.copy(range, to: target) }
}
