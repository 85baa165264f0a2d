import TarnBase
import TarnStorage

extension ObjectStore {
    /// A store in memory that holds what this one does.
    func copied(runtime: Runtime, hasLocks: Bool = true) async throws -> MemoryStore {
        let copy = MemoryStore(runtime: runtime, hasLocks: hasLocks)
        for object in try await list(.root, recursive: true).objects {
            let bytes = object.size == 0 ? Bytes() : try await get(object.path, ranges: [0..<object.size])[0]
            try await copy.put(bytes, at: object.path, condition: .always)
        }
        return copy
    }
}

extension ObjectStore {
    /// Every object below `folder`, by its path.
    func contents(of folder: ObjectPath = .root) async throws -> [ObjectPath: Bytes] {
        var contents: [ObjectPath: Bytes] = [:]
        var after: ObjectPath?
        repeat {
            let page = try await list(folder, startingAfter: after, recursive: true)
            for object in page.objects { contents[object.path] = try await get(object.path, upTo: .gibibytes(1)) }
            after = page.next
        } while after != nil
        return contents
    }
}
