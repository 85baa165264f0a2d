package import TarnBase

/// Where change events come from.
package struct EventInput: Sendable {
    /// For reports: the path, or `-`.
    package let name: String
    /// `<XXH64 of the content, hex>-<bytes>`; nil for what is no file.
    let fileID: String?
    let source: any ByteSource

    /// A file; its content is its identity in the ledger (freshness.md 1), so it is read twice.
    /// - Throws: ``IngestError`` `unreadable`.
    package static func file(_ path: String) async throws -> EventInput {
        let reader = try DescriptorSource.file(path)
        return EventInput(name: path, fileID: try await identity(reader), source: try DescriptorSource.file(path))
    }

    package static func standardInput() -> EventInput {
        EventInput(name: "-", fileID: nil, source: DescriptorSource.standardInput())
    }

    /// Events in memory, taken as a file of this name.
    package static func memory(_ content: Bytes, name: String, stretchBytes: Int = 1 << 20) async throws -> EventInput {
        EventInput(
            name: name, fileID: try await identity(MemorySource(content)), source: MemorySource(content, stretchBytes: stretchBytes))
    }

    /// What another source gives, as standard input is taken.
    package static func stream(_ source: any ByteSource, name: String) -> EventInput {
        EventInput(name: name, fileID: nil, source: source)
    }

    private static func identity(_ source: some ByteSource) async throws -> String {
        var hash = XXHash64()
        var count = 0
        while case .bytes(let bytes) = try await source.next(within: nil) {
            bytes.withUnsafeBytes { hash.update($0) }
            count += bytes.count
        }
        let digits = String(hash.finish(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + "-\(count)"
    }
}
