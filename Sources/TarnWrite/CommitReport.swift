package import TarnStorage
package import TarnTable

/// What a write did. Of a write that had nothing to do, `instant` is nil and every count of files is 0.
package struct CommitReport: Sendable {
    package var instant: InstantTime?
    package var action = "commit"
    package var operation: WriteOperation
    /// The commit token was there already; `instant` is the commit that carries it, and nothing was done.
    package var wasAlreadyCommitted = false

    package var rowsIn: Int64 = 0
    package var inserted: Int64 = 0
    /// Replaced rows, also those whose partition changed.
    package var updated: Int64 = 0
    package var deleted: Int64 = 0
    /// Changes that lost to a stored row with a greater ordering value, and deletes of keys that are not stored.
    package var stale: Int64 = 0
    /// Changes that lost to another change of the same key in this write, and, for `.insert`, keys that were stored.
    package var duplicates: Int64 = 0

    /// Base files written, and their bytes.
    package var filesWritten: Int64 = 0
    package var bytesWritten: Int64 = 0
    package var filesRead: Int64 = 0
    package var bytesRead: Int64 = 0
    /// Instants of failed writes that were rolled back first.
    package var rolledBack: [InstantTime] = []
    /// Store requests without those of the look-up of keys.
    package var requests = RequestCounts()
    package var lookupRequests = RequestCounts()
    package var seconds: Double = 0

    package init(operation: WriteOperation) { self.operation = operation }
}

