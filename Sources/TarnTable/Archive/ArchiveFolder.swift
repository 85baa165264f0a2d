import TarnBase
package import TarnStorage

/// The files of a table's archive.
package struct ArchiveFolder: Sendable {
    package let table: TableHandle
    package let path: ObjectPath

    /// - Throws: ``TableError`` `corrupt` for a property that names no folder below `.hoodie`.
    package init(_ table: TableHandle, _ properties: TableProperties) throws(TableError) {
        guard let name = ObjectPath(properties.archiveFolder), !name.isRoot else {
            throw TableError(.corrupt, "\(PropertyKey.archiveFolder)=\(properties.archiveFolder) names no folder", at: table.propertiesPath)
        }
        self.table = table
        path = table.metaFolder.appending(name.text)
    }

    /// The files, by number. Cost: one request for each started 1,000 entries.
    package func files() async throws -> [(name: ArchiveFileName, object: ObjectInfo)] {
        do {
            return try await table.store.list(path, recursive: false).objects
                .compactMap { object in ArchiveFileName(object.path.name).map { ($0, object) } }
                .sorted { ($0.name.number, $0.name.token) < ($1.name.number, $1.name.token) }
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// What the whole archive tells. Cost: the listing, and a request a file. Memory: a file, and what is told.
    package func load() async throws -> ArchivedTimeline {
        var archive = ArchivedTimeline()
        for (_, object) in try await files() { try await add(object, to: &archive) }
        return archive
    }

    /// - Throws: ``TableError`` with the file.
    package func add(_ object: ObjectInfo, to archive: inout ArchivedTimeline) async throws {
        do { try archive.add(try await table.read(object.path, size: object.size)) } catch { throw TableError(error, at: object.path) }
    }
}
