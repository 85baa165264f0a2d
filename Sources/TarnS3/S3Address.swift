/// Where a table or folder lies: `s3://bucket/some/prefix`; `s3a://` and `s3n://`, as Spark writes them, mean the same.
public struct S3Address: Hashable, Sendable {
    public let bucket: String
    /// Without a slash at either end; empty for the whole bucket.
    public let prefix: String

    /// nil for what is no such address: another scheme, no bucket, a bucket's name that is none, or empty segments.
    public init?(_ text: String) {
        guard let scheme = ["s3://", "s3a://", "s3n://"].first(where: { text.hasPrefix($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let bucket = rest.prefix { $0 != "/" }
        var prefix = rest.dropFirst(bucket.count).drop { $0 == "/" }
        while prefix.last == "/" { prefix.removeLast() }
        self.init(bucket: String(bucket), prefix: String(prefix))
    }

    public init?(bucket: String, prefix: String = "") {
        let legal = bucket.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard legal, (3...255).contains(bucket.utf8.count), bucket.first != "." else { return nil }
        let segments = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard prefix.isEmpty || segments.allSatisfy({ !["", ".", ".."].contains($0) }) else { return nil }
        self.bucket = bucket
        self.prefix = prefix
    }
}

extension S3Address: CustomStringConvertible {
    public var description: String { "s3://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)") }
}
