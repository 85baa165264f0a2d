import TarnBase
import TarnHTTP
public import TarnStorage

extension S3Store {
    public func delete(_ paths: [ObjectPath]) async throws {
        var batch: [ObjectPath] = []
        for path in paths {
            // XML cannot name every key.
            if XMLNode.escaped(key(path)) == nil { try await deleteOne(path) } else { batch.append(path) }
            if batch.count == 1000 {
                try await deleteBatch(batch)
                batch = []
            }
        }
        if batch.count == 1 { try await deleteOne(batch[0]) } else if !batch.isEmpty { try await deleteBatch(batch) }
    }

    private func deleteOne(_ path: ObjectPath) async throws {
        do { _ = try await client.send(S3Request("DELETE", key(path)), at: path) } catch let error as StorageError {
            if error.code != .notFound { throw error }
        }
    }

    /// Repeats what the store did not get to.
    private func deleteBatch(_ paths: [ObjectPath]) async throws {
        var rest = paths
        for attempt in 1... {
            let failures = try await failuresOfDeleting(rest)
            guard let first = failures.first else { return }
            let passing = ["InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted"]
            guard attempt < client.configuration.attemptLimit, failures.allSatisfy({ passing.contains($0.code) }) else {
                let code: StorageError.Code = first.code == "AccessDenied" ? .permissionDenied : .unavailable
                throw StorageError(code, "the store did not delete it (\(first.code))", at: first.path)
            }
            rest = failures.map(\.path)
            try await client.pause(before: attempt + 1)
        }
    }

    private func failuresOfDeleting(_ paths: [ObjectPath]) async throws -> [(path: ObjectPath, code: String)] {
        var body = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>"
        for path in paths { body += "<Object><Key>\(XMLNode.escaped(key(path)) ?? "")</Key></Object>" }
        let content = Bytes(body + "</Delete>")
        var request = S3Request("POST", nil, body: content)
        request.query = [("delete", nil)]
        request.headers = [("content-type", "application/xml"), ("content-md5", Digest.base64(Digest.md5(content)))]
        request.bodyLimit = 4 << 20
        let response = try await client.send(request) { XMLNode.parse($0.body)?.name == "DeleteResult" }
        return (XMLNode.parse(response.body)?.all("Error") ?? []).compactMap { error in
            let code = error.value("Code") ?? ""
            guard code != "NoSuchKey" else { return nil }
            return (error.value("Key").flatMap(path(ofKey:)) ?? paths[0], code)
        }
    }
}
