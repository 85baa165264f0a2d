import Glibc

extension LocalStore {
    /// A page of the files below `folder`; see ``ObjectStore/list(_:startingAfter:recursive:)``.
    ///
    /// Memory: the names of the folders on the way to the page, and the page. Temporary files of this store are left out.
    /// - Throws: ``StorageError``: `unsupported` for a name that is not UTF-8, `permissionDenied`, `unavailable`.
    public func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        var walk = FolderWalk(store: self, startingAfter: startingAfter, recursive: recursive)
        return try walk.page(of: folder)
    }
}

/// Walks folders in the order of their paths, as long as a page needs.
private struct FolderWalk {
    let store: LocalStore
    let startingAfter: ObjectPath?
    let recursive: Bool
    private var open: [OpenFolder] = []

    static let pageSize = 1000

    init(store: LocalStore, startingAfter: ObjectPath?, recursive: Bool) {
        self.store = store
        self.startingAfter = startingAfter
        self.recursive = recursive
    }

    /// A folder being walked: its entries, last one first, and what it is, to notice a link that leads back to it.
    private struct OpenFolder {
        let path: ObjectPath
        let device: dev_t
        let inode: ino_t
        var rest: [FolderEntry]
    }

    mutating func page(of folder: ObjectPath) throws -> ObjectListing {
        var page = ObjectListing()
        var last = ObjectPath.root
        try enter(folder)
        while let (path, isFolder) = nextEntry() {
            if isFolder, recursive {
                try enter(path)
                continue
            }
            let info = isFolder ? nil : try status(path)?.info(at: path)
            guard isFolder || info != nil else { continue }
            guard page.objects.count + page.folders.count < Self.pageSize else {
                page.next = last
                break
            }
            if let info { page.objects.append(info) } else { page.folders.append(path) }
            last = path
        }
        return page
    }

    private mutating func nextEntry() -> (path: ObjectPath, isFolder: Bool)? {
        // Taken in place: a copy of the open folder would have all its entries copied at each step.
        while let last = open.indices.last {
            guard let entry = open[last].rest.popLast() else {
                open.removeLast()
                continue
            }
            return (open[last].path.appending(entry.name), entry.isFolder)
        }
        return nil
    }

    /// Opens a folder for walking. One that is not there, or is on the way to itself, has nothing in it.
    private mutating func enter(_ path: ObjectPath) throws {
        do {
            let place = store.place(path)
            let status = try fileStatus(place)
            guard !open.contains(where: { $0.device == status.st_dev && $0.inode == status.st_ino }) else { return }
            var entries = try FolderEntry.entries(of: path, in: store)
            if let startingAfter {
                entries.removeAll { !reaches(path.appending($0.name), isFolder: $0.isFolder, beyond: startingAfter) }
            }
            let recursive = recursive
            entries.sort { FolderEntry.precedes($1, $0, byContent: recursive) }
            open.append(OpenFolder(path: path, device: status.st_dev, inode: status.st_ino, rest: entries))
        } catch let error as SystemError {
            guard !error.meansAbsent else { return }
            throw StorageError(error, cannot: "list", at: path)
        }
    }

    /// Whether the entry, or something in it when walking into folders, comes after `bound`.
    private func reaches(_ path: ObjectPath, isFolder: Bool, beyond bound: ObjectPath) -> Bool {
        guard isFolder, recursive else { return bound < path }
        let content = path.text + "/"
        return bound.text.utf8.starts(with: content.utf8) || bound.text.utf8.lexicographicallyPrecedes(content.utf8)
    }

    /// nil for what went away since its folder was read, and for what is no file.
    private func status(_ path: ObjectPath) throws -> stat? {
        do {
            let status = try fileStatus(store.place(path))
            return status.isRegularFile ? status : nil
        } catch {
            guard !error.meansAbsent, error.number != ELOOP else { return nil }
            throw StorageError(error, cannot: "list", at: path)
        }
    }
}
