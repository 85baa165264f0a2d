public import TarnBase
import TarnHTTP
public import TarnStorage

extension S3Store {
    /// The header in which a conditional put leaves its mark, so that it knows its own object again.
    static let markHeader = "x-amz-meta-tarn-put"

    @discardableResult
    public func put(_ bytes: Bytes, at path: ObjectPath, condition given: PutCondition) async throws -> ObjectVersion {
        precondition(!path.isRoot, "the root is no object")
        let condition: (name: String, value: String)
        switch given {
        case .always:
            return try await putAlways(bytes, at: path)
        case .ifAbsent:
            condition = ("if-none-match", "*")
        case .ifMatching(let version):
            condition = ("if-match", matching(version.tag))
        }
        try await probe.require(condition.name, of: self)
        return try await putConditionally(bytes, at: path, condition, expecting: given)
    }

    /// AWS wants entity tags quoted, as HTTP does; Ceph compares them without, and the others take both.
    func matching(_ tag: String) -> String { client.endpoint.isAWS ? "\"\(tag)\"" : tag }

    private func putAlways(_ bytes: Bytes, at path: ObjectPath) async throws -> ObjectVersion {
        guard bytes.count <= Self.partBytes else {
            let writer = S3PartWriter(self, path)
            try await writer.write(bytes)
            guard let version = try await writer.finish().version else {
                throw StorageError(.unsupported, "the store gives objects no entity tag", at: path)
            }
            return version
        }
        let response = try await client.send(S3Request("PUT", key(path), body: bytes), at: path)
        return try client.entityTag(of: response, at: path)
    }

    /// One request whatever the size: the condition of a multipart upload is not kept by every store.
    ///
    /// An answer that leaves open what happened is resolved by reading back who wrote the object there. If nobody did, the same put is sent
    /// again: should an earlier copy arrive late, the condition lets only one of the two in, and both have our mark.
    private func putConditionally(
        _ bytes: Bytes, at path: ObjectPath, _ header: (name: String, value: String), expecting condition: PutCondition
    ) async throws -> ObjectVersion {
        let mark = client.runtime.random.uuid()
        var request = S3Request("PUT", key(path), body: bytes)
        request.headers = [header, (Self.markHeader, mark)]
        request.onceOnly = true
        return try await client.sendOnce(request, at: path) { response in
            .success(try client.entityTag(of: response, at: path))
        } refusal: { answer in
            conditionFailed(answer, condition, at: path)
        } made: { error in
            try await ownObject(mark, at: path, condition, after: error)
        }
    }

    /// The error for an answer that says that the condition does not hold.
    private func conditionFailed(_ refusal: S3ErrorResponse, _ condition: PutCondition, at path: ObjectPath) -> StorageError? {
        let isMissing = refusal.status == 404 && refusal.code == "NoSuchKey" && condition != .ifAbsent
        guard refusal.status == 412 || isMissing else { return nil }
        return StorageError(
            .preconditionFailed, condition == .ifAbsent ? "it exists" : "it was replaced or deleted in the meantime", at: path)
    }

    /// Reads back after an answer that left open what happened: the version of the object if it is ours; nil if the condition still
    /// holds, so that the put may be sent again.
    ///
    /// - Throws: `preconditionFailed` if somebody else's object is there that ours cannot have preceded; `outcomeUnknown` if it can,
    ///   or if it cannot be read back.
    private func ownObject(
        _ mark: String, at path: ObjectPath, _ condition: PutCondition, after error: StorageError
    ) async throws -> ObjectVersion? {
        let response: HTTPResponse
        do { response = try await client.send(S3Request("HEAD", key(path)), at: path) } catch let failure as StorageError {
            guard failure.code == .notFound else { throw client.unknown(error) }
            if condition == .ifAbsent { return nil }
            throw client.unknown(error)
        }
        let version = try client.entityTag(of: response, at: path)
        if response.header(Self.markHeader) == mark { return version }
        switch condition {
        case .always: return nil
        // What is put if absent is not replaced: were ours there, it would be there still.
        case .ifAbsent: throw StorageError(.preconditionFailed, "it exists", at: path)
        case .ifMatching(version): return nil
        case .ifMatching: throw client.unknown(error)
        }
    }

    public func upload(at path: ObjectPath) async throws -> any PartWriter {
        precondition(!path.isRoot, "the root is no object")
        return S3PartWriter(self, path)
    }
}
