import Glibc
package import TarnStorage

/// A table of the shared folder, written by the reference implementation; unpacked for one test.
///
/// The shared folder is named by `TARN_SHARED`, else it lies beside the package as `../shared`; tests that use it are
/// enabled by ``areThere``.
package struct GoldenTable: Sendable {
    package static let sharedFolder: String = {
        if let named = getenv("TARN_SHARED") { return String(cString: named) }
        var path = #filePath
        for _ in 0..<3 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        return "\(path)/../shared"
    }()

    /// Whether there are golden tables here.
    package static var areThere: Bool { access("\(sharedFolder)/golden/spark-lab", R_OK) == 0 }
    /// What a test that needs them says when they are missing.
    package static let missing = "the golden tables are missing: TARN_SHARED names no shared folder"

    package let name: String
    /// The table's own folder is the root.
    package let store: LocalStore
    package let path: String
    private let folder: TemporaryFolder

    /// - Parameter name: Below `golden`, such as `spark-lab/v6-0.15-cow-types`.
    package init(_ name: String) throws {
        self.name = name
        folder = try TemporaryFolder()
        let unzip = try ChildProcess.run(["unzip", "-qo", "\(Self.sharedFolder)/golden/\(name)/table.zip", "-d", folder.path])
        guard unzip.exitCode == 0 else { throw Unexpected("cannot unpack \(name): \(unzip.errors)") }
        let find = try ChildProcess.run(["find", folder.path, "-maxdepth", "3", "-name", ".hoodie", "-not", "-path", "*__MACOSX*"])
        guard let found = find.output.split(separator: "\n").min(by: { $0.count < $1.count }) else { throw Unexpected("no table in \(name)") }
        path = String(found.dropLast("/.hoodie".count))
        store = try LocalStore(root: path, durability: .none)
    }

    /// A file beside the zipped table: `about.json`, an answer.
    package func answer(_ file: String) throws -> String {
        try ChildProcess.run(["cat", "\(Self.sharedFolder)/golden/\(name)/\(file)"]).output
    }
}
