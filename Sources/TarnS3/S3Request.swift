import TarnBase
import TarnHTTP

/// One call of the S3 API, before it is signed.
struct S3Request: Sendable {
    let method: String
    /// The whole key; nil for calls to the bucket.
    let key: String?
    var query: [(name: String, value: String?)] = []
    var headers: [(name: String, value: String)] = []
    var body: Bytes?
    /// The longest body a success may have.
    var bodyLimit = 256 << 10
    /// Whether a second copy on the wire would change the outcome.
    var onceOnly = false
    var outlivesCancellation = false

    init(_ method: String, _ key: String?, body: Bytes? = nil) {
        self.method = method
        self.key = key
        self.body = body
    }

    /// 30 seconds, and as long as the bytes take at 256 KiB a second. One that stands still fails earlier.
    var deadlineMilliseconds: Int64 {
        30_000 + Int64(max(body?.count ?? 0, method == "HEAD" ? 0 : bodyLimit)) / 256
    }
}
