import Glibc
import TarnBase

// What files need of their folders.
extension LocalStore {
    /// Runs `open`, which makes a file; if that fails for want of its folder, makes the folder and repeats. Several times,
    /// because ``delete(_:)`` of another task may remove the folder, empty again, in between.
    func inMadeFolder<Result: ~Copyable>(
        of path: ObjectPath,
        _ open: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        var attempts = 0
        while true {
            do { return try open() } catch {
                attempts += 1
                guard error.number == ENOENT, attempts < 100 else { throw error }
                do { try makeFolder(place(path.parent)) } catch where error.number == ENOENT { continue }
            }
        }
    }

    /// Makes a folder and what is missing above it, durable from the top down.
    private func makeFolder(_ place: String) throws(SystemError) {
        do { try retried { mkdir(place, 0o777) } } catch {
            if error.number == EEXIST { return }
            guard error.number == ENOENT, let parent = LocalStore.parent(of: place) else { throw error }
            try makeFolder(parent)
            do { try retried { mkdir(place, 0o777) } } catch where error.number == EEXIST { return }
        }
        if durability == .full, let parent = LocalStore.parent(of: place) { try LocalStore.synchronizeFolder(at: parent) }
    }

    private static func parent(of place: String) -> String? {
        guard let slash = place.lastIndex(of: "/"), place != "/" else { return nil }
        return slash == place.startIndex ? "/" : String(place[..<slash])
    }

    static func synchronizeFolder(at place: String) throws(SystemError) {
        try OpenFile(place, O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Makes the name of `path` durable. The object is there for everybody before this, so failing is not "not stored".
    func synchronizeFolder(of path: ObjectPath) throws {
        guard durability == .full else { return }
        do { try LocalStore.synchronizeFolder(at: place(path.parent)) } catch {
            // Somebody deleted the object, and the folder with it, since.
            if error.number == ENOENT { return }
            let cause = StorageError(error, cannot: "make the name durable", at: path)
            throw StorageError(.outcomeUnknown, cause.message, at: path)
        }
    }

    /// Removes Hadoop's checksum file of `path`, which does not fit what comes there now.
    func deleteChecksum(of path: ObjectPath) {
        guard let name = LocalNames.checksum(for: path.name) else { return }
        unlink(place(path.parent.appending(name)))
    }
}

/// A file that has no name of its own yet, in the folder of the one it becomes. Its temporary name goes away with it.
struct TemporaryFile: ~Copyable, Sendable {
    let place: String
    let file: OpenFile

    init(for path: ObjectPath, in store: LocalStore) throws(StorageError) {
        let name = LocalNames.temporary(for: path.name, random: store.runtime.random.next())
        let place = store.place(path.parent.appending(name))
        self.place = place
        do {
            file = try store.inMadeFolder(of: path) { () throws(SystemError) in
                try OpenFile(place, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
            }
        } catch { throw StorageError(error, cannot: "write", at: path) }
    }

    // After a rename the name is gone already; it is random, so it is nobody else's.
    deinit { unlink(place) }
}
