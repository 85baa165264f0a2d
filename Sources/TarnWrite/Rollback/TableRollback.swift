package import TarnTable

/// Undoing writes as a thing of its own, under the writer's lock.
package enum TableRollback {
    /// Rolls back every failed write, as each write does first; and, if it is named, the newest completed one.
    ///
    /// - Returns: The instants undone; empty when there was nothing to do.
    /// - Throws: ``TableError``: `notFound` when `instant` is not on the timeline, `invalid` when it is completed and not the
    ///   newest, `conflict` when another writer is at work.
    package static func run(on table: TableHandle, instant: InstantTime?) async throws -> [InstantTime] {
        let ground = try await WriteGround.take(table, commitToken: nil)
        do {
            var undone = ground.rolledBack
            if let instant, !undone.contains(instant) {
                guard ground.timeline.instants.contains(where: { $0.time == instant }) else {
                    throw TableError(.notFound, "there is no instant \(instant) on the timeline", instant: instant)
                }
                let rollback = Rollback(table: ground.table, zone: ground.properties.zone)
                _ = try await ground.holdingLock { try await rollback.completedWrite(instant, ground.timeline) }
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
