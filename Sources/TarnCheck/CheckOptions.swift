public import TarnBase

/// What a check looks at, and what it may use.
public struct CheckOptions: Sendable {
    /// Decodes every page of every base file, checksums included, and every block of every log; checks the deep invariants.
    public var isDeep = false
    /// Ids of the invariants to check; nil for all. Deep ones named here are checked whatever ``isDeep`` says.
    public var only: Set<String>?
    /// For the hashes of record keys, 24 bytes a key: a larger table is gone through in several passes.
    public var keyMemory = ByteCount.mebibytes(256)
    /// How many findings of one invariant are told; the rest is counted.
    public var findingsPerInvariant = 200

    public init() {}

    /// Whether breaches of the invariant are told. What could not be checked always is.
    func wants(_ invariant: Invariant) -> Bool {
        only.map { $0.contains(invariant.id) } ?? (isDeep || !invariant.isDeep)
    }

    func wantsAny(_ invariants: [Invariant]) -> Bool { invariants.contains(where: wants) }
}
