import TarnBase
package import TarnStorage
package import TarnTable

/// A folder beside the table for events that were not taken, one file a commit (cli.md, "Quarantine").
package struct QuarantineFolder: Sendable {
    package let store: any ObjectStore
    package let folder: ObjectPath

    package init(store: any ObjectStore, folder: ObjectPath) {
        self.store = store
        self.folder = folder
    }

    package func path(of instant: InstantTime) -> ObjectPath { folder.appending("\(instant).ndjson") }

    /// Stores the events put aside by the commit `instant`, durable when this returns.
    func put(_ lines: Bytes, of instant: InstantTime) async throws {
        try await store.put(lines, at: path(of: instant), condition: .always)
    }

    /// Removes the files of attempts that never became a commit: their events were read again since.
    func removeLeftovers(before instant: InstantTime, of sink: any ChangeSink) async throws {
        var candidates: [InstantTime: ObjectPath] = [:]
        for object in try await store.list(folder, recursive: false).objects {
            guard object.path.name.hasSuffix(".ndjson"), let found = InstantTime(object.path.name.dropLast(7)) else { continue }
            if found < instant { candidates[found] = object.path }
        }
        guard !candidates.isEmpty else { return }
        let leftovers = try await sink.failedInstants(among: Set(candidates.keys)).compactMap { candidates[$0] }
        if !leftovers.isEmpty { try await store.delete(leftovers) }
    }
}

/// The lines of a quarantine file as they come together.
struct QuarantineLines: ~Copyable {
    private var builder = ByteBuilder()
    private(set) var count: Int64 = 0

    var byteCount: Int { builder.count }

    /// Where an event came from, and why it is here.
    struct Entry {
        let source: String
        let partition: Int64?
        let offset: Int64?
        /// Counted from 1.
        let line: Int
        let reason: String
        let event: UnsafeRawBufferPointer
    }

    mutating func append(_ entry: Entry) {
        var members: [JSON.Member] = [
            .init("source", .string(entry.source)), .init("partition", entry.partition.map { .int($0) } ?? .null),
            .init("offset", entry.offset.map { .int($0) } ?? .null), .init("line", .int(entry.line)),
            .init("reason", .string(entry.reason)),
        ]
        if let text = String(validating: entry.event, as: UTF8.self) {
            members.append(.init("event", .string(text)))
        } else {
            members.append(.init("event", .string(Base64.encode(Bytes(copying: entry.event)))))
            members.append(.init("encoding", "base64"))
        }
        builder.append(utf8: JSON.object(members).description)
        builder.append(0x0A)
        count += 1
    }

    mutating func finish() -> Bytes {
        count = 0
        return builder.finish()
    }
}
