import TarnBase
import TarnStorage

/// What the completed commits of a timeline say about themselves, each read at most once as long as few are asked for.
package final class CompletedCommits: Sendable {
    package let table: TableHandle
    package let timeline: Timeline

    /// Enough for a walk back from the newest commit by several who ask; a table may have thousands.
    private static let keptCommits = 32
    private let kept = Locked<[InstantTime: CommitMetadata]>([:])

    package init(_ table: TableHandle, timeline: Timeline) {
        self.table = table
        self.timeline = timeline
    }

    /// What a completed write says. One of 0 bytes, which is legal to Java, says nothing: no stats, no extra metadata.
    ///
    /// - Precondition: the instant is completed and writes data.
    /// - Throws: ``TableError`` `corrupt` with the file, or what the store threw.
    ///
    /// Cost: one request, unless it was read before.
    package func metadata(of instant: Instant) async throws -> CommitMetadata {
        precondition(instant.isCompleted && instant.action.writesData)
        if let known = kept.withLock({ $0[instant.time] }) { return known }
        let path = table.timelineFile(instant.fileName)
        let metadata: CommitMetadata
        do {
            metadata =
                instant.size == 0
                ? CommitMetadata(operation: .unknown)
                : try CommitMetadata(parsing: try await table.read(path, size: instant.size))
        } catch {
            throw TableError(error, at: path, instant: instant.time)
        }
        kept.withLock { kept in
            if kept.count >= Self.keptCommits, let oldest = kept.keys.min() { kept[oldest] = nil }
            kept[instant.time] = metadata
        }
        return metadata
    }

    /// The newest completed write for which `condition` holds, walking back through the active timeline; nil if there is
    /// none.
    ///
    /// Cost: one request for each commit looked at.
    package func newest(
        where condition: (Instant, CommitMetadata) throws -> Bool
    ) async throws -> (instant: Instant, metadata: CommitMetadata)? {
        for instant in timeline.completedWrites.reversed() {
            let metadata = try await metadata(of: instant)
            if try condition(instant, metadata) { return (instant, metadata) }
        }
        return nil
    }

    /// The newest completed write that carries an extra-metadata key, with the key's value. Services and other engines that
    /// committed since hide nothing.
    ///
    /// The archive is not searched: after ``Timeline/firstActive`` moved past the last commit that carries the key, it
    /// counts as absent.
    package func newest(carrying key: String) async throws -> (instant: Instant, value: String)? {
        guard let found = try await newest(where: { $1.extraMetadata[key] != nil }), let value = found.metadata.extraMetadata[key] else { return nil }
        return (found.instant, value)
    }
}

extension TableHandle {
    /// A whole small object whose size a listing told. Cost: one request.
    func read(_ path: ObjectPath, size: Int64, upTo limit: ByteCount = .mebibytes(256)) async throws -> Bytes {
        guard size <= limit.bytes else {
            throw StorageError(.tooLarge, "\(ByteCount(size)) where at most \(limit) are expected", at: path)
        }
        return size == 0 ? Bytes() : try await store.get(path, ranges: [0..<size])[0]
    }
}
