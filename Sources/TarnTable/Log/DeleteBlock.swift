package import TarnAvro
import TarnBase
package import TarnStorage

/// A block of record keys that are no more (hudi-format §5.3).
package enum DeleteBlock {
    /// Beyond this a block is refused: it is read whole.
    private static let maximumByteCount: Int64 = 256 << 20

    /// Reads the keys of a delete block.
    ///
    /// - Throws: ``TableError``: `unsupported` for versions 1 and 2, whose payload only Java's serialisation can read, and
    ///   for a block of more than 256 MiB; `corrupt`.
    ///
    /// Cost: a request, unless the block came along with its header.
    package static func keys(of block: LogBlock, in store: any ObjectStore) async throws -> DeletedKeys {
        precondition(block.type == .delete)
        let content = BlockContent(block, in: store)
        guard content.size <= maximumByteCount else { throw block.fault(.unsupported, "a delete block of \(content.size) bytes") }
        guard content.size >= 8 else { throw block.fault(.corrupt, "a delete block of \(content.size) bytes") }
        var reader = BigEndianReader(try await content.get([0..<content.size])[0])
        guard let version = reader.int32(), let length = reader.int32() else { throw block.fault(.corrupt, "a delete block without keys") }
        guard version == 3 else { throw block.fault(.unsupported, "a delete block of version \(version), which only Java can read") }
        guard let payload = reader.take(Int(length)), reader.left == 0 else {
            throw block.fault(.corrupt, "a delete block says \(length) bytes of keys and has \(content.size - 8)")
        }
        do {
            return try DeletedKeys(decoding: payload)
        } catch {
            throw block.fault(.corrupt, "a delete block: \(error)")
        }
    }
}
