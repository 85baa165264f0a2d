package import TarnColumns
package import TarnTable

/// One write, from the lock to the completed instant: begin, stage changes, commit or abandon.
///
///     let write = try await WriteTransaction.begin(table, settings)
///     let rejected = try await write.stage(changes)          // any number of times
///     let report = try await write.commit(CommitExtras())
///
/// Not for concurrent use: one owner, calls one after the other. A transaction that is dropped without `commit` or
/// `abandon` leaves the table as it was.
package final class WriteTransaction {
    package let table: TableHandle
    package let settings: WriteSettings
    package let properties: TableProperties
    /// The table's columns, without meta fields: what staged rows must have.
    package let schema: Schema
    /// The completed commit that carries the commit token already. The caller has nothing to do but `abandon`; `commit`
    /// returns a report that says so.
    package let committedBefore: InstantTime?

    private init(table: TableHandle, settings: WriteSettings, properties: TableProperties, schema: Schema, committedBefore: InstantTime?) {
        self.table = table
        self.settings = settings
        self.properties = properties
        self.schema = schema
        self.committedBefore = committedBefore
    }

    /// Step 0 of the commit protocol: takes the writer's lock, reads the properties again, refuses what cannot be kept
    /// right, and rolls back what failed writers left.
    ///
    /// - Throws: ``TableFault`` `unsupported` naming what the table has, `conflict` when another writer is at work.
    package static func begin(_ table: TableHandle, _ settings: WriteSettings) async throws -> WriteTransaction {
        throw TableFault(.unsupported, "writing")
    }

    /// The stored rows of these keys, in no promised order; keys that are not stored are left out. For changes that carry
    /// only a part of a row. Meta fields are not among the columns.
    ///
    /// - Parameter keys: `.string`, record keys as the table stores them; held in memory with the rows found.
    ///
    /// Cost: the key column of every latest base file, and the row groups that hold one of the keys.
    package func storedRows(forKeys keys: Column) async throws -> RecordBatch {
        throw TableFault(.unsupported, "writing")
    }

    /// Takes changes in. What does not fit in memory goes to scratch files.
    ///
    /// - Returns: The rows that were not taken, with the reason: a key, ordering or partition value that is null, a
    ///   partition that cannot be a folder, a null where the schema has none. All others are staged.
    package func stage(_ changes: ChangeBatch) async throws -> [RejectedRow] {
        throw TableFault(.unsupported, "writing")
    }

    /// Locates the staged keys in the whole table, writes the files that change, and completes the instant. Ends the
    /// transaction, whatever happens.
    ///
    /// - Throws: ``TableFault``. Unless its code is `outcomeUnknown`, nothing of this write is visible, and the next write
    ///   removes what is left of it.
    package func commit(_ extras: CommitExtras = CommitExtras()) async throws -> CommitReport {
        throw TableFault(.unsupported, "writing")
    }

    /// Ends the transaction without a commit.
    package func abandon() async {}
}
