import TarnStorage

/// A file of the local disk as a store sees it: the store of its folder, and its name.
struct LocalFile {
    let store: LocalStore
    let path: ObjectPath

    init(_ text: String) throws {
        let absolute = text.hasPrefix("/") ? text : "./" + text
        let slash = absolute.lastIndex(of: "/") ?? absolute.startIndex
        store = try LocalStore(root: slash == absolute.startIndex ? "/" : String(absolute[..<slash]), durability: .none)
        guard let name = ObjectPath(String(absolute[absolute.index(after: slash)...])), !name.isRoot else {
            throw Failure(.usage, "'\(text)' is not a file")
        }
        path = name
    }
}
