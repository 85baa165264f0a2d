package import TarnCommandLine
package import TarnS3
package import TarnStorage

/// What `TABLE` on a command line names: a folder of the local disk, or a prefix of a bucket.
package enum StoreLocation: Sendable {
    /// A path without a trailing slash, as it was written.
    case local(path: String)
    case s3(S3Address)

    /// - Parameter text: A path, a `file:` address, or `s3://bucket/prefix` (`s3a://`, `s3n://`).
    /// - Throws: ``UsageError`` for an address of a bucket that names none.
    package init(_ text: String) throws(UsageError) {
        guard ["s3://", "s3a://", "s3n://"].contains(where: text.hasPrefix) else {
            var path = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            self = .local(path: path)
            return
        }
        guard let address = S3Address(text) else { throw UsageError("'\(text)' is not of the form s3://bucket/prefix") }
        self = .s3(address)
    }

    /// The store whose root is this place.
    ///
    /// - Parameter durability: Of a local disk.
    /// - Throws: ``StorageError``. Nothing is asked of a bucket yet, but keys must be there.
    package func open(_ options: S3Options, durability: LocalStore.Durability = .full) throws -> any ObjectStore {
        switch self {
        case .local(let path): try LocalStore(location: path, durability: durability)
        case .s3(let address): try S3Store(options.configuration(for: address))
        }
    }

    /// The last segment; nil for a whole bucket or the root of the disk.
    package var name: String? { text.split(separator: "/").last.flatMap { isWhole ? nil : String($0) } }

    /// The place whose name is this one's with `suffix`: beside the table, not in it.
    package func beside(_ suffix: String) throws(UsageError) -> StoreLocation {
        guard !isWhole else { throw UsageError("there is nothing beside '\(text)': name the folder") }
        return try StoreLocation(text + suffix)
    }

    private var isWhole: Bool {
        switch self {
        case .local(let path): path == "/"
        case .s3(let address): address.prefix.isEmpty
        }
    }

    /// As it is written on a command line, without a trailing slash.
    package var text: String {
        switch self {
        case .local(let path): path
        case .s3(let address): "\(address)"
        }
    }
}
