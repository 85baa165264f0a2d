package import TarnTable

/// What happens to a stored row whose key has a change.
package enum Decision: Hashable {
    /// The stored row is newer: it stays, the change is dropped.
    case stale
    /// Inserting a key that is stored: it stays.
    case alreadyStored
    /// The change's row takes its place.
    case update
    /// The stored row goes, and the change's row is inserted into another partition.
    case move
    case delete

    /// - Parameters:
    ///   - change: The winner among the changes of this key.
    ///   - storedOrdering: The stored row's ordering value as in ``IndexRecord/ordering``.
    ///   - samePartition: Whether the change's row belongs where the stored row is.
    package static func of(_ change: IndexRecord, storedOrdering: Int64, samePartition: Bool, operation: WriteOperation) -> Decision {
        if change.kind == .deleteByKey { return .delete }
        // Of equal ordering values the one that comes later wins, as in Hudi (hudi-format-v6 §7.1).
        if change.ordering < storedOrdering { return change.deletesStored ? .delete : .stale }
        switch change.kind {
        case .delete, .deleteByKey: return .delete
        case .upsert:
            if operation == .insert && !change.deletesStored { return .alreadyStored }
            return samePartition ? .update : .move
        }
    }
}
