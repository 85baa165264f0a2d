import Glibc
import Tarn
package import TarnStorage

/// A folder for one benchmark below the working directory, gone at the end; its store never calls fsync.
package struct Workspace: Sendable {
    package let store: MeteredStore
    private let local: LocalStore

    package init(_ name: String) throws { try self.init(root: ".build/bench/\(name)-\(getpid())") }

    /// The folder of a workspace of another process, which removes it.
    package var root: String { local.root }

    package init(root: String) throws {
        local = try LocalStore(root: root, durability: .none)
        store = MeteredStore(local)
    }

    /// Runs `body` with a folder of its own and removes the folder, whatever happens.
    package static func with(_ name: String, _ body: (Workspace) async throws -> Void) async throws {
        let workspace = try Workspace(name)
        do { try await body(workspace) } catch {
            try await workspace.remove()
            throw error
        }
        try await workspace.remove()
    }

    private func remove() async throws {
        try await local.delete(try await local.list(.root, recursive: true).objects.map(\.path))
        rmdir(local.root)
    }
}
