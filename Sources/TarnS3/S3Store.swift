public import TarnBase
package import TarnHTTP
public import TarnStorage

/// Objects below a prefix of a bucket: on AWS S3, and on stores that speak its protocol.
///
///     let store = try S3Store(.standard(for: S3Address("s3://lake/orders")!))
///
/// Versions are entity tags: two puts of the same bytes have the same one, so `.ifMatching` does not notice that an object was
/// replaced and brought back. Times of change in listings are the store's; those that an upload returns have its clock's
/// seconds. Whole objects (`get` without ranges) are read up to 2 GiB.
///
/// The first conditional put asks, with a probe object that is deleted again, whether the store keeps conditions at all;
/// one that ignores them is refused with `unsupported`, because it would lose commits. That costs eight requests, once for each
/// kind of condition.
///
/// Uploads whose process died leave parts behind, which no reader sees and the store bills: a lifecycle rule
/// (AbortIncompleteMultipartUpload) removes them.
public final class S3Store: ObjectStore {
    /// The size of a part, and the longest object that is stored by one request when nothing is demanded of what is there.
    package static let partBytes = 8 << 20
    static let wholeObjectLimit = 2 << 30

    let client: S3Client
    let probe = ConditionalPutProbe()
    private let prefix: String

    /// Asks nothing of the store yet.
    /// - Throws: ``StorageError`` when the endpoint is no address, or there are no credentials.
    public convenience init(_ configuration: S3Configuration, runtime: Runtime = .system) throws {
        var settings = CurlTransport.Settings()
        settings.connectionLimit = configuration.connectionLimit
        settings.certificateFile = configuration.certificateFile
        try self.init(configuration, transport: CurlTransport(settings), runtime: runtime)
    }

    package init(_ configuration: S3Configuration, transport: any HTTPTransport, runtime: Runtime) throws {
        client = try S3Client(configuration, transport: transport, runtime: runtime)
        prefix = configuration.address.prefix
    }

    func key(_ path: ObjectPath) -> String {
        prefix.isEmpty ? path.text : path.isRoot ? prefix : "\(prefix)/\(path.text)"
    }

    /// What all keys below `folder` begin with.
    func keyPrefix(_ folder: ObjectPath) -> String {
        let key = key(folder)
        return key.isEmpty ? "" : "\(key)/"
    }

    /// nil for keys outside the prefix, and for those no path can name, as the placeholders that consoles make for folders.
    func path(ofKey key: String) -> ObjectPath? {
        guard !prefix.isEmpty else { return key.isEmpty ? nil : ObjectPath(key) }
        let start = "\(prefix)/"
        guard key.utf8.starts(with: start.utf8), key.utf8.count > start.utf8.count else { return nil }
        return ObjectPath(String(Substring(key.utf8.dropFirst(start.utf8.count))))
    }

    /// None: no store of this kind has a lock of its own. Writers of one table exclude each other by the lock of the table
    /// format, an object put if absent and on its version, so both conditions are tried first.
    public func exclusiveAccess(to folder: ObjectPath) async throws -> (any ExclusiveAccess)? {
        for header in ["if-none-match", "if-match"] { try await probe.require(header, of: self) }
        return nil
    }
}

extension S3Store: PlacedStore {
    package func absolutePath(of path: ObjectPath) -> String? { "/\(key(path))" }
}
