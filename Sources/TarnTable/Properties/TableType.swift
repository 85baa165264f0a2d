/// How updates are kept (`hoodie.table.type`).
package enum TableType: String, Hashable, Sendable, CaseIterable {
    /// Every change rewrites the base files it touches.
    case copyOnWrite = "COPY_ON_WRITE"
    /// Changes go to log files beside the base files.
    case mergeOnRead = "MERGE_ON_READ"
}
