import Glibc
package import TarnBase
package import TarnStorage

/// A new folder on the local disk, removed with all that is in it when the value goes away.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/tarn-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unexpected("cannot make a temporary folder in \(base)") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit { removeTree(Array(path.utf8CString)) }

    /// A store of the files in this folder. Not durable: tests survive no power failure.
    package func store(
        _ folder: String = "",
        durability: LocalStore.Durability = .none,
        runtime: Runtime = .system
    ) throws -> LocalStore {
        try LocalStore(root: folder.isEmpty ? path : "\(path)/\(folder)", durability: durability, runtime: runtime)
    }

    /// Writes `text` beside all stores' backs.
    package func write(_ text: String, to name: String) throws {
        guard let file = fopen("\(path)/\(name)", "w") else { throw Unexpected("cannot write \(name)") }
        defer { fclose(file) }
        fputs(text, file)
    }
}

/// Removes a file, or a folder with all in it; links are not followed. Names are bytes: tests make some that are not UTF-8.
private func removeTree(_ place: [CChar]) {
    guard unlink(place) != 0, let stream = opendir(place) else { return }
    while let entry = readdir(stream) {
        let start = (UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!).assumingMemoryBound(to: CChar.self)
        let name = Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        if name == [46, 0] || name == [46, 46, 0] { continue }
        removeTree(place.dropLast() + [47] + name)
    }
    closedir(stream)
    rmdir(place)
}
