/// What a caller asks of a write (`operationType` of the commit, hudi-format-v6 §3.1).
package enum WriteOperation: Hashable, Sendable {
    /// New keys are inserted, stored ones replaced unless the stored row's ordering value is greater.
    case upsert
    /// New keys are inserted; a key that is stored already counts as a duplicate and the stored row stays.
    case insert
    /// Stored keys are removed unless the stored row's ordering value is greater.
    case delete

    /// The name in commit metadata; the only spellings Java accepts.
    package var name: String {
        switch self {
        case .upsert: "UPSERT"
        case .insert: "INSERT"
        case .delete: "DELETE"
        }
    }
}
