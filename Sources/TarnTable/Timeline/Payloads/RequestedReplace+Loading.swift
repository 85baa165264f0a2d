import TarnBase
import TarnStorage

extension RequestedReplace {
    /// What a replacecommit was asked to do; a file of 0 bytes asks for nothing. Cost: one request.
    ///
    /// - Throws: ``TableError`` with the file.
    package static func load(_ instant: Instant, of table: TableHandle) async throws -> RequestedReplace {
        let path = table.timelineFile(instant.fileName(.requested))
        do {
            return try RequestedReplace(parsing: try await table.store.get(path, upTo: .mebibytes(256)))
        } catch {
            throw TableError(error, at: path, instant: instant.time)
        }
    }
}
