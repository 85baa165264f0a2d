import TarnBase
import TarnHTTP
import TarnStorage

/// Writes an object by parts of 8 MiB, of which two are under way while the next is filled: 24 MiB in memory at most. An object
/// that stays within a part is put by one request.
// Sendable: the protocol gives a writer one owner, who calls one after the other.
final class S3PartWriter: PartWriter, @unchecked Sendable {
    private let store: S3Store
    private let path: ObjectPath
    private let mark: String
    private var buffer = ByteBuilder()
    private var writtenBytes: Int64 = 0
    private var upload: Upload?
    private var hasEnded = false

    private struct Upload {
        let identifier: String
        /// Entity tags as the store gave them.
        var tags: [String] = []
        /// The parts behind those, in order.
        var underWay: [(request: S3Request, begun: S3Client.Begun)] = []
    }

    private static let partLimit = 10_000
    private static let partsUnderWay = 2

    init(_ store: S3Store, _ path: ObjectPath) {
        self.store = store
        self.path = path
        mark = store.client.runtime.random.uuid()
    }

    func write(_ bytes: Bytes) async throws {
        guard !hasEnded else { throw ended }
        var rest = bytes
        // A part goes out when more than it is known to come: before, this may still be an object of one request.
        while buffer.count + rest.count > S3Store.partBytes {
            let taken = S3Store.partBytes - buffer.count
            let head = rest[0..<taken]
            rest = rest[taken..<rest.count]
            if buffer.isEmpty {
                try await send(head)
            } else {
                buffer.append(head)
                try await send(buffer.finish())
            }
        }
        buffer.append(rest)
    }

    func finish() async throws -> ObjectInfo {
        guard !hasEnded else { throw ended }
        let response: HTTPResponse
        let version: ObjectVersion
        if upload == nil {
            hasEnded = true
            let body = buffer.finish()
            writtenBytes = Int64(body.count)
            response = try await client.send(S3Request("PUT", store.key(path), body: body), at: path)
            version = try client.entityTag(of: response, at: path)
        } else {
            try await send(buffer.finish())
            try await orGiveUp { while upload?.underWay.isEmpty == false { try await awaitPart() } }
            hasEnded = true
            do { (version, response) = try await complete() } catch {
                await abort()
                throw error
            }
        }
        let modified = response.header("date").flatMap { HTTPDate.parseHeader($0) } ?? client.runtime.clock.nowMilliseconds()
        return ObjectInfo(path: path, size: writtenBytes, modifiedMilliseconds: modified, version: version)
    }

    func abandon() async {
        guard !hasEnded else { return }
        hasEnded = true
        buffer = ByteBuilder()
        await abort()
    }

    private var client: S3Client { store.client }
    private var ended: StorageError {
        StorageError(.unavailable, "the writer of this object was finished or abandoned before, or has failed", at: path)
    }

    /// Sets a part on its way; if one fails, the upload is given up.
    private func send(_ part: Bytes) async throws {
        try await orGiveUp {
            if upload == nil { upload = Upload(identifier: try await begin()) }
            if upload?.underWay.count == Self.partsUnderWay { try await awaitPart() }
            guard let (identifier, number) = upload.map({ ($0.identifier, $0.tags.count + $0.underWay.count + 1) }), number <= Self.partLimit
            else { throw StorageError(.tooLarge, "an object has at most \(Self.partLimit) parts of 8 MiB", at: path) }
            var request = S3Request("PUT", store.key(path), body: part)
            request.query = [("partNumber", String(number)), ("uploadId", identifier)]
            upload?.underWay.append((request, client.begin(request)))
            writtenBytes += Int64(part.count)
        }
    }

    /// Waits for the oldest part under way, and repeats it if need be.
    private func awaitPart() async throws {
        guard let (request, begun) = upload?.underWay.first else { return }
        let response = try await client.send(request, at: path, begun: begun)
        guard let tag = response.header("etag") else {
            throw StorageError(.unsupported, "the store gives parts no entity tag", at: path)
        }
        upload?.underWay.removeFirst()
        upload?.tags.append(tag)
    }

    private func orGiveUp(_ work: () async throws -> Void) async throws {
        do { try await work() } catch {
            hasEnded = true
            buffer = ByteBuilder()
            await abort()
            throw error
        }
    }

    /// A lost answer leaves an upload without parts behind, and another one is begun.
    private func begin() async throws -> String {
        var request = S3Request("POST", store.key(path), body: Bytes())
        request.query = [("uploads", nil)]
        request.headers = [(S3Store.markHeader, mark)]
        let response = try await client.send(request, at: path) { XMLNode.parse($0.body)?.value("UploadId")?.isEmpty == false }
        return XMLNode.parse(response.body)?.value("UploadId") ?? ""
    }

    /// Makes the object appear. Where an answer leaves open whether it did, its mark tells.
    private func complete() async throws -> (ObjectVersion, HTTPResponse) {
        guard let upload else { throw ended }
        var body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for (index, tag) in upload.tags.enumerated() {
            body += "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(XMLNode.escaped(tag) ?? "")</ETag></Part>"
        }
        var request = S3Request("POST", store.key(path), body: Bytes(body + "</CompleteMultipartUpload>"))
        request.query = [("uploadId", upload.identifier)]
        request.headers = [("content-type", "application/xml")]
        request.onceOnly = true
        return try await client.sendOnce(request, at: path) { response in
            // The store may find out after it began to answer 200 that it cannot.
            let root = XMLNode.parse(response.body)
            guard root?.name == "CompleteMultipartUploadResult" else {
                let refusal = S3ErrorResponse(response)
                return .failure(
                    StorageError(.unavailable, "the store did not complete the upload (\(refusal.code): \(refusal.message))", at: path))
            }
            let tag = S3Client.unquoted(root?.value("ETag") ?? "")
            if !tag.isEmpty { return .success((ObjectVersion(tag), response)) }
            // Ceph leaves it empty here.
            let head = try await client.send(S3Request("HEAD", store.key(path)), at: path)
            return .success((try client.entityTag(of: head, at: path), response))
        } made: { error in
            try await ownObject(after: error)
        }
    }

    private func ownObject(after error: StorageError) async throws -> (ObjectVersion, HTTPResponse)? {
        do {
            let response = try await client.send(S3Request("HEAD", store.key(path)), at: path)
            guard response.header(S3Store.markHeader) == mark else { return nil }
            return (try client.entityTag(of: response, at: path), response)
        } catch let failure as StorageError {
            if failure.code == .notFound { return nil }
            throw client.unknown(error)
        }
    }

    /// Gives the parts back. Also when the task is cancelled, for nobody else would.
    private func abort() async {
        guard let identifier = upload?.identifier else { return }
        // Cancels what is under way.
        upload = nil
        var request = S3Request("DELETE", store.key(path))
        request.query = [("uploadId", identifier)]
        request.outlivesCancellation = true
        _ = try? await client.send(request, at: path)
    }
}
