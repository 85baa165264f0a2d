package import TarnBase
import TarnStorage

/// Puts timeline files. Held by whoever holds the table's writer lock.
///
/// Every file is put with `ifAbsent`, whole, and a lost answer is resolved by reading back (hudi-format §2.4).
package struct TimelineWriter: Sendable {
    package let table: TableHandle

    package init(_ table: TableHandle) { self.table = table }

    /// Asks for an instant: puts its requested file.
    ///
    /// - Parameters:
    ///   - time: Later than every instant of any action and state.
    ///   - plan: What the requested file holds; nothing for commits.
    /// - Throws: ``TableError`` `conflict` when the file exists, `outcomeUnknown` when it may.
    ///
    /// Cost: one request.
    package func begin(_ action: Action, at time: InstantTime, plan: Bytes = Bytes()) async throws -> PendingInstant {
        if action != .savepoint { try await put(InstantFileName(time, action, .requested), plan) }
        return PendingInstant(time: time, action: action)
    }

    /// Takes over an instant that is pending on the timeline, to finish it under its own time.
    package func resume(_ instant: Instant) -> PendingInstant {
        precondition(!instant.isCompleted)
        return PendingInstant(time: instant.time, action: instant.action)
    }

    /// Puts one timeline file, if absent.
    ///
    /// When no answer comes the file is read back. Equal content counts as ours: contents name their own instant, and an
    /// empty file under a fresh time can be nobody else's while we hold the lock.
    ///
    /// - Throws: ``TableError``: `conflict` when a file of that name exists and is not this one, `outcomeUnknown` when it
    ///   could not be found out.
    package func put(_ name: InstantFileName, _ content: Bytes) async throws {
        let path = table.timelineFile(name)
        var mayBeThere = false
        for _ in 0..<3 {
            do {
                try await table.store.put(content, at: path, condition: .ifAbsent)
                return
            } catch let error as StorageError where error.code == .preconditionFailed {
                if mayBeThere, case .same = await lookUp(path, content) { return }
                throw TableError(.conflict, "the instant exists already: another writer made it", at: path, instant: name.time)
            } catch let error as StorageError where error.code != .outcomeUnknown {
                guard mayBeThere else { throw TableError(error, at: path, instant: name.time) }
            } catch {
                mayBeThere = true
            }
            switch await lookUp(path, content) {
            case .same: return
            case .other: throw TableError(.conflict, "the instant exists already: another writer made it", at: path, instant: name.time)
            case .absent, .unreadable: continue
            }
        }
        throw TableError(.outcomeUnknown, "the store did not say whether it stored the instant; read the timeline again", at: path, instant: name.time)
    }

    private enum Found { case same, other, absent, unreadable }

    private func lookUp(_ path: ObjectPath, _ content: Bytes) async -> Found {
        do {
            return try await table.store.get(path, upTo: ByteCount(max(content.count, 1))) == content ? .same : .other
        } catch let error as StorageError where error.code == .notFound {
            return .absent
        } catch let error as StorageError where error.code == .tooLarge {
            return .other
        } catch {
            return .unreadable
        }
    }

    /// Removes the files of an instant that is rolled back: the completed one first, the requested one last, so that a
    /// crash in between leaves an instant that is still pending.
    ///
    /// Cost: a request for each file.
    package func remove(_ files: [Timeline.File]) async throws {
        for file in files.sorted(by: { $0.name.state > $1.name.state }) {
            do {
                try await table.store.delete([table.timelineFile(file.name)])
            } catch {
                throw TableError(error, at: table.timelineFile(file.name), instant: file.name.time)
            }
        }
    }
}
