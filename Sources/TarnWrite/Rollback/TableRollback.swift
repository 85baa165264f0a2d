package import TarnTable

/// Undoing writes as a thing of its own, under the writer's lock.
package enum TableRollback {
    /// Rolls back every failed write, as each write does first; and, if it is named, the newest completed one, or a pending
    /// clustering or compaction with its plan.
    ///
    /// - Returns: The instants undone; empty when there was nothing to do.
    /// - Throws: ``TableError``: `notFound` when `instant` is not on the timeline, `invalid` when it is completed and not the
    ///   newest, `conflict` when another writer is at work.
    package static func run(on table: TableHandle, instant: InstantTime?) async throws -> [InstantTime] {
        let ground = try await WriteGround.take(table, for: .service, commitToken: nil)
        do {
            var undone = ground.rolledBack
            if let instant, !undone.contains(instant) {
                let named = ground.timeline.instants.filter { $0.time == instant }
                guard !named.isEmpty else {
                    throw TableError(.notFound, "there is no instant \(instant) on the timeline", instant: instant)
                }
                if let planned = named.first(where: { !$0.isCompleted && [.replaceCommit, .compaction].contains($0.action) }) {
                    try await ground.holdingLock { try await ground.undo(planned, keepingPlan: false) }
                } else {
                    let rollback = Rollback(table: ground.table, zone: ground.properties.zone)
                    _ = try await ground.holdingLock { try await rollback.completedWrite(instant, ground.timeline) }
                }
                undone.append(instant)
            }
            await ground.release()
            return undone
        } catch {
            await ground.release()
            throw error
        }
    }
}
