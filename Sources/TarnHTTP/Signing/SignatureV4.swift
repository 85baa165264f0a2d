import TarnBase

/// Signs requests as AWS's Signature Version 4 demands, in the `authorization` header.
///
/// Signs every header the request has. S3 wants `x-amz-content-sha256`, which is added, and paths encoded once.
package struct SignatureV4: Sendable {
    private let region: String
    private let service: String

    package init(region: String, service: String = "s3") {
        self.region = region
        self.service = service
    }

    /// What the signature says of the body.
    package enum Payload: Sendable {
        /// Its SHA-256.
        case hashed
        /// Nothing: over TLS, which protects it, this saves the hashing.
        case unsigned
    }

    /// Adds the headers of the signature, replacing those of an earlier one.
    package func sign(
        _ request: inout HTTPRequest, as credentials: Credentials, atMilliseconds now: Int64, payload: Payload = .hashed
    ) {
        let time = HTTPDate.basic(now)
        let hash =
            switch payload {
            case .hashed: Digest.hex(Digest.sha256(request.body ?? Bytes()))
            case .unsigned: "UNSIGNED-PAYLOAD"
            }
        let added = ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]
        request.headers.removeAll { added.contains($0.name) }
        request.headers.append(("x-amz-date", time))
        request.headers.append(("x-amz-content-sha256", hash))
        if let token = credentials.sessionToken { request.headers.append(("x-amz-security-token", token)) }

        let (canonical, names) = Self.canonicalForm(of: request, payloadHash: hash)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Digest.hex(Digest.sha256(canonical)))"
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in scope.split(separator: "/") { key = Digest.hmacSHA256(key: key, String(part)) }
        let signature = Digest.hex(Digest.hmacSHA256(key: key, text))
        request.headers.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
            ))
    }

    private static func canonicalForm(of request: HTTPRequest, payloadHash: String) -> (text: String, signedNames: String) {
        let headers = (request.headers + [("host", request.authority)]).sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let lines = headers.map { "\($0.name):\(collapsed($0.value))\n" }.joined()
        return ("\(request.method)\n\(request.path)\n\(request.query)\n\(lines)\n\(names)\n\(payloadHash)", names)
    }

    /// Runs of blanks count as one.
    private static func collapsed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}
