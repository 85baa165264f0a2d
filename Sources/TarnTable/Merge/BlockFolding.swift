/// Decides which blocks of a slice's logs count, block by block in their order (hudi-format §5.4).
///
/// - Blocks of rows and deletes whose instant does not show are left out, never stopped at: after a rollback instants need
///   not rise.
/// - A rollback block takes away what its target wrote before it, and nothing that is written after it.
/// - Blocks of a log compaction take the place of the blocks they name; they are left out if none of those was there.
package struct BlockFolding: Sendable {
    private let visibility: LogVisibility
    private var blocks: [LogBlock] = []
    /// Instants of blocks that counted at some time, log compactions' inputs included.
    private var seen: Set<InstantTime> = []

    package init(_ visibility: LogVisibility) { self.visibility = visibility }

    package mutating func add(_ block: LogBlock) {
        switch block.type {
        case .command:
            if let target = block.rolledBack { blocks.removeAll { $0.instant == target } }
        case .delete, .avroData, .hfileData, .parquetData:
            guard visibility.shows(block.instant) else { return }
            if !block.compacted.isEmpty {
                let named = Set(block.compacted)
                guard !named.isDisjoint(with: seen) else { return }
                blocks.removeAll { named.contains($0.instant) }
            }
            seen.insert(block.instant)
            blocks.append(block)
        case .changeData, .corrupt: break
        }
    }

    /// The blocks to be merged, in order.
    package var survivors: [LogBlock] { blocks }
}
