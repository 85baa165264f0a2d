import Glibc
import TarnBase

extension LocalStore {
    /// Deletes files, each after its checksum file; see ``ObjectStore/delete(_:)``.
    ///
    /// A folder that is empty afterwards goes too, as in an object store, and so does the one above it, up to the first of:
    /// the root, and a folder whose name begins with a dot. Those belong to the table's layout (`.hoodie`, `.hoodie/.temp`)
    /// and stay. So of the markers of a write, `.hoodie/.temp/<instant>/…`, nothing is left but `.temp`.
    public func delete(_ paths: [ObjectPath]) async throws {
        var folders: Set<ObjectPath> = []
        for path in paths where !path.isRoot {
            deleteChecksum(of: path)
            do { try retried { unlink(place(path)) } } catch {
                guard error.meansAbsent || error.number == EISDIR else { throw StorageError(error, cannot: "delete", at: path) }
            }
            folders.insert(path.parent)
        }
        // The deepest first: their parents may become empty by it.
        let survivors = Set(folders.sorted().reversed().map(removeIfEmpty))
        guard durability == .full else { return }
        for folder in survivors {
            do { try LocalStore.synchronizeFolder(at: place(folder)) } catch {
                guard !error.meansAbsent else { continue }
                throw StorageError(error, cannot: "make deletions durable", at: folder)
            }
        }
    }

    /// Removes `folder` and those above it that this empties; returns the first that stays.
    private func removeIfEmpty(_ folder: ObjectPath) -> ObjectPath {
        var folder = folder
        while !folder.isRoot, !folder.name.hasPrefix(".") {
            guard rmdir(place(folder)) == 0 || errno == ENOENT else { break }
            folder = folder.parent
        }
        return folder
    }
}

/// A store that leaves things which are no objects, and can tidy them away. Wrappers pass it on.
package protocol TidiableStore: ObjectStore {
    /// See ``ObjectStore/sweepTemporaryFiles(in:recursive:olderThanMilliseconds:)``.
    func removeTemporaryFiles(in folder: ObjectPath, recursive: Bool, olderThanMilliseconds age: Int64) async throws -> Int
    /// See ``ObjectStore/removeEmptyFolders(in:)``.
    func removeFoldersWithoutObjects(in folder: ObjectPath) async throws
}

extension ObjectStore {
    /// Deletes what writers that died left of unfinished files in `folder`; returns how many. No request on stores that keep
    /// such things out of sight.
    ///
    /// - Parameter age: Younger ones stay, since they may belong to a writer that lives. Under the table's lock, 0 is safe.
    @discardableResult
    package func sweepTemporaryFiles(in folder: ObjectPath, recursive: Bool = false, olderThanMilliseconds age: Int64) async throws -> Int {
        try await (self as? any TidiableStore)?.removeTemporaryFiles(in: folder, recursive: recursive, olderThanMilliseconds: age) ?? 0
    }

    /// Removes `folder` and the folders in it, as far as no object keeps them. No request on stores without folders.
    package func removeEmptyFolders(in folder: ObjectPath) async throws {
        try await (self as? any TidiableStore)?.removeFoldersWithoutObjects(in: folder)
    }
}

extension LocalStore: TidiableStore {
    package func removeTemporaryFiles(in folder: ObjectPath, recursive: Bool, olderThanMilliseconds age: Int64) async throws -> Int {
        let newest = runtime.clock.nowMilliseconds() - age
        var removed = 0
        try walk(folder, recursive: recursive) { folder, names in
            for name in names where LocalNames.isTemporary(name) {
                let place = place(folder.appending(name))
                guard let status = try? fileStatus(place), status.isRegularFile, status.modifiedMilliseconds <= newest else { continue }
                if unlink(place) == 0 { removed += 1 }
            }
        }
        return removed
    }

    package func removeFoldersWithoutObjects(in folder: ObjectPath) async throws {
        var folders: [ObjectPath] = []
        try walk(folder, recursive: true) { folder, _ in folders.append(folder) }
        for folder in folders.reversed() where !folder.isRoot { rmdir(place(folder)) }
    }

    /// Visits `folder` and, if `recursive`, the folders below, parents first, links not followed.
    private func walk(_ folder: ObjectPath, recursive: Bool, visit: (ObjectPath, [String]) throws -> Void) throws {
        var waiting = [folder]
        while let folder = waiting.popLast() {
            do {
                var names: [String] = []
                _ = try FolderEntry.names(of: folder, in: self) { name, kind -> Never? in
                    if let name, kind == DT_DIR, recursive { waiting.append(folder.appending(name)) }
                    if let name, kind != DT_DIR { names.append(name) }
                    return nil
                }
                try visit(folder, names)
            } catch let error as SystemError {
                guard !error.meansAbsent else { continue }
                throw StorageError(error, cannot: "list", at: folder)
            }
        }
    }
}
