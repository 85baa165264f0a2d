import TarnStorage
import TarnTable

/// `WORKLOAD VARIANT key=value…`; a key that the workload does not have is empty.
struct Arguments {
    let workload: any Workload.Type
    let variant: String
    private let values: [String: String]

    init(_ words: ArraySlice<String>, workloads: [any Workload.Type]) throws {
        let known = workloads.flatMap { workload in workload.variants.map { "\(workload.name) \($0)" } }
        guard words.count >= 2, let name = words.first, let variant = words.dropFirst().first,
            let workload = workloads.first(where: { $0.name == name && $0.variants.contains(variant) })
        else { throw TableError(.unsupported, "not one of the workloads: \(known.joined(separator: ", "))") }
        self.workload = workload
        self.variant = variant
        var values: [String: String] = [:]
        for word in words.dropFirst(2) {
            guard let equals = word.firstIndex(of: "=") else { throw TableError(.invalid, "key=value, not '\(word)'") }
            values[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        self.values = values
    }

    /// The path given for `key`.
    func path(_ key: String) throws -> String {
        guard let value = values[key], !value.isEmpty else { throw TableError(.invalid, "the workload needs \(key)=PATH") }
        return value
    }

    /// Whether more than one thread may work.
    var usesAllThreads: Bool { values["threads"] != "1" }
}

extension Arguments {
    /// A store without fsync, as the peers write, and the place of an absolute path in it.
    static func place(_ absolute: String) throws -> (store: LocalStore, path: ObjectPath) {
        guard let path = ObjectPath(String(absolute.drop { $0 == "/" })) else { throw TableError(.invalid, "not a path: \(absolute)") }
        return (try LocalStore(root: "/", durability: .none), path)
    }

    /// The files of a folder whose names end in `ending`, by name.
    static func files(in folder: String, ending: String) async throws -> [String] {
        let (store, path) = try place(folder)
        return try await store.list(path, recursive: true).objects.map { "/\($0.path.text)" }.filter { $0.hasSuffix(ending) }
    }
}
