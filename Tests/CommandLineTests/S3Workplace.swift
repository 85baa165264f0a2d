import Glibc
import TarnBase
import TarnS3
import TarnStorage
import TarnTestSupport
import Testing

extension Workplace {
    /// A table on the server, and its inputs on the local disk.
    static func onServer() async throws -> (S3Server, Workplace) {
        let server = try await S3Server()
        return (server, try Workplace(on: server))
    }

    /// Puts what another table on the server holds here, byte for byte.
    func copy(_ other: Workplace, on server: S3Server) async throws {
        let (source, target) = (try server.store(at: other.table), try server.store(at: table))
        for object in try await source.list(.root, recursive: true).objects {
            try await target.put(try await source.get(object.path), at: object.path, condition: .always)
        }
    }

    /// Asks both judges: `tablecheck` on the server, and the format lint about a copy on the local disk.
    func expectSound(_ server: S3Server, _ comment: String = "") async throws {
        let checked = try tablecheck("--deep", "--json")
        let report = try JSON(parsing: checked.output)
        #expect(checked.exitCode == 0 && report["findings"]?.arrayValue?.isEmpty == true, "\(comment) \(checked.output) \(checked.errors)")
        guard access(Python.path, X_OK) == 0 else { return }
        let copy = folder.path + "/copy-\(Runtime.system.random.next())"
        let (store, disk) = (try server.store(at: table), try LocalStore(root: copy, durability: .none))
        for object in try await store.list(.root, recursive: true).objects {
            try await disk.put(try await store.get(object.path), at: object.path, condition: .always)
        }
        // A bucket has no empty folders.
        try await disk.makeFolder(.root.appending(".hoodie/archived"))
        let findings = try Judges.findings([copy])
        #expect(findings.isEmpty, "\(comment) \(findings)")
    }

    /// The lock object on the server; nil before the first writer, and when it changes while it is read.
    func lock(_ server: S3Server) async throws -> (owner: String, isExpired: Bool, validUntil: Int64)? {
        do {
            let bytes = try await server.store(at: table).get(.root.appending(".hoodie/.locks/table_lock.json"))
            guard let lock = try? JSON(parsing: bytes) else { return nil }
            return (lock["owner"]?.stringValue ?? "", lock["expired"]?.boolValue ?? true, lock["validUntil"]?.intValue ?? 0)
        } catch let error as StorageError where [.notFound, .invalidRange].contains(error.code) {
            return nil
        }
    }
}
