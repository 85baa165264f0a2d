import Glibc

/// A name in a folder of a local disk.
struct FolderEntry {
    let name: String
    let isFolder: Bool

    /// All entries, in no order, without temporary files of this store and what is neither file nor folder.
    static func entries(of folder: ObjectPath, in store: LocalStore) throws -> [FolderEntry] {
        try names(of: folder, in: store) { name, kind in
            guard let name else {
                throw StorageError(.unsupported, "the folder holds a name that is not UTF-8, which no object path can name; rename or remove it", at: folder)
            }
            guard !LocalNames.isTemporary(name) else { return nil }
            switch kind {
            case DT_DIR: return FolderEntry(name: name, isFolder: true)
            case DT_REG: return FolderEntry(name: name, isFolder: false)
            case DT_LNK, DT_UNKNOWN:
                // A link that leads nowhere is as absent here as it is to `get`.
                guard let status = try? fileStatus(store.place(folder.appending(name))) else { return nil }
                return status.isFolder || status.isRegularFile ? FolderEntry(name: name, isFolder: status.isFolder) : nil
            default: return nil
            }
        }
    }

    /// Reads a folder, passing each name (nil if it is not UTF-8) with its `d_type` to `select`.
    static func names<Selected>(
        of folder: ObjectPath,
        in store: LocalStore,
        select: (String?, Int) throws -> Selected?
    ) throws -> [Selected] {
        guard let stream = opendir(store.place(folder)) else { throw SystemError.last }
        defer { closedir(stream) }
        var selected: [Selected] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError.last }
                return selected
            }
            // Not through the imported tuple, whose copy would read 256 bytes of an entry that may be shorter.
            let start = (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self)
            let name = String(validatingCString: start)
            if name == "." || name == ".." { continue }
            if let result = try select(name, Int(entry.pointee.d_type)) { selected.append(result) }
        }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19

    /// Whether `left` comes before `right` by UTF-8 bytes.
    /// - Parameter byContent: A folder stands where the paths of what is in it stand: `a.b` before `a/`.
    static func precedes(_ left: FolderEntry, _ right: FolderEntry, byContent: Bool) -> Bool {
        let leftBytes = left.name.utf8, rightBytes = right.name.utf8
        guard let order = leftBytes.withContiguousStorageIfAvailable({ l in
            rightBytes.withContiguousStorageIfAvailable { r -> Bool in
                let common = min(l.count, r.count)
                let order = common == 0 ? 0 : memcmp(l.baseAddress!, r.baseAddress!, common)
                if order != 0 { return order < 0 }
                func following(_ name: UnsafeBufferPointer<UInt8>, _ isFolder: Bool) -> Int {
                    name.count > common ? Int(name[common]) : byContent && isFolder ? Int(UInt8(ascii: "/")) : -1
                }
                return following(l, left.isFolder) < following(r, right.isFolder)
            }
        }), let order else {
            preconditionFailure("names are native strings")
        }
        return order
    }
}
