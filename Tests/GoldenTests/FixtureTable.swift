import Glibc
import TarnBase
import TarnStorage
import TarnTable
import TarnTestSupport

/// A table of `Fixtures/golden`, which Spark wrote: unpacked for one test, with Spark's answers.
struct FixtureTable {
    static let folder: String = {
        var path = #filePath[...]
        for _ in 0..<3 { path = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) }
        return "\(path)/Fixtures/golden"
    }()

    static let names: [String] = {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name.hasPrefix("v6-") { names.append(name) }
        }
        return names.sorted()
    }()

    let name: String
    let about: JSON
    /// Holds the table's folder and, in `answers`, what Spark answered.
    let store: LocalStore
    private let unpacked: TemporaryFolder

    init(_ name: String) throws {
        self.name = name
        unpacked = try TemporaryFolder()
        let unpack = "import sys, zipfile\nfor archive, folder in zip(sys.argv[1::2], sys.argv[2::2]): zipfile.ZipFile(archive).extractall(folder)"
        let from = "\(Self.folder)/\(name)"
        let done = try ChildProcess.run(["python3", "-c", unpack, "\(from)/table.zip", unpacked.path, "\(from)/answers.zip", "\(unpacked.path)/answers"])
        guard done.exitCode == 0 else { throw Unexpected("cannot unpack \(name): \(done.errors)") }
        about = try Self.about(name)
        store = try unpacked.store()
    }

    /// Who made the table, how, and what Spark was asked.
    static func about(_ name: String) throws -> JSON { try JSON(parsing: Bytes(try ChildProcess.run(["cat", "\(folder)/\(name)/about.json"]).output)) }

    var table: TableHandle { TableHandle(store: store, path: ObjectPath(name)!, runtime: .simulated()) }

    func answer(_ file: String) async throws -> Bytes {
        guard let path = ObjectPath("answers/\(file)") else { throw Unexpected("an answer in \(file)") }
        return try await store.get(path, ranges: nil)[0]
    }
}
