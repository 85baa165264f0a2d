import Glibc

/// A store whose objects have names outside of it.
package protocol PlacedStore: ObjectStore {
    /// Where an object lies, from the root of the file system or bucket, beginning with `/`.
    func absolutePath(of path: ObjectPath) -> String?
}

/// A store that keeps its objects in folders of a file system.
package protocol FolderStore: PlacedStore {
    /// Makes a folder that stays although it is empty. Not an error if it is there.
    func makeFolder(_ folder: ObjectPath) async throws
}

extension ObjectStore {
    /// Makes an empty folder where the store has such a thing.
    package func makeEmptyFolder(_ folder: ObjectPath) async throws {
        try await (self as? any FolderStore)?.makeFolder(folder)
    }

    /// The path by which programs on the same machine, or with the same bucket, know an object: without a scheme.
    package func fullPath(of path: ObjectPath) -> String {
        (self as? any PlacedStore)?.absolutePath(of: path) ?? "/\(path.text)"
    }
}

extension LocalStore: FolderStore {
    package func makeFolder(_ folder: ObjectPath) async throws {
        do {
            _ = try inMadeFolder(of: folder) { () throws(SystemError) in try retried { mkdir(place(folder), 0o777) } }
        } catch {
            guard error.number == EEXIST else { throw StorageError(error, cannot: "make the folder", at: folder) }
        }
    }

    package func absolutePath(of path: ObjectPath) -> String? { place(path) }
}

extension MeteredStore: FolderStore {
    package func makeFolder(_ folder: ObjectPath) async throws { try await base.makeEmptyFolder(folder) }
    package func absolutePath(of path: ObjectPath) -> String? { base.fullPath(of: path) }
}
