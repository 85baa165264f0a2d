import TarnHTTP

/// Where requests for a bucket go.
struct S3Endpoint: Sendable {
    let scheme: String
    let authority: String
    /// `/bucket` in path style, else empty.
    private let bucketPath: String
    /// Whether it is AWS itself, which the same request suits that others take in a form of their own.
    let isAWS: Bool

    /// nil if the endpoint's text is no address of a server.
    init?(_ configuration: S3Configuration) {
        let bucket = configuration.address.bucket
        isAWS = configuration.endpoint == nil
        let partition = configuration.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let text = configuration.endpoint ?? "https://s3.\(configuration.region).\(partition)"
        guard let scheme = ["https", "http"].first(where: { text.hasPrefix("\($0)://") }) else { return nil }
        self.scheme = scheme
        var host = text.dropFirst(scheme.count + 3)
        while host.last == "/" { host.removeLast() }
        // The port that goes without saying is not in the Host header either.
        for (scheme, port) in [("https", ":443"), ("http", ":80")] where scheme == self.scheme && host.hasSuffix(port) {
            host.removeLast(port.count)
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ Self.isPartOfHost($0) }) else { return nil }
        let usesPath =
            switch configuration.style {
            case .path: true
            case .virtualHost: false
            // A wildcard certificate covers one label only.
            case .automatic: !isAWS || bucket.contains(".")
            }
        authority = usesPath ? String(host) : "\(bucket).\(host)"
        bucketPath = usesPath ? "/\(bucket)" : ""
    }

    private static func isPartOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The encoded path of a key, or of the bucket itself.
    func path(_ key: String?) -> String {
        guard let key else { return bucketPath.isEmpty ? "/" : bucketPath }
        return "\(bucketPath)/\(PercentEncoding.encode(key, slashes: true))"
    }
}
