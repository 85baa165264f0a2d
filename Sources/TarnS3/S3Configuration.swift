import TarnBase
public import TarnHTTP
import Glibc

/// Which store, how it is spoken to, and as whom.
public struct S3Configuration: Sendable {
    /// How a bucket is named in requests.
    public enum AddressingStyle: Sendable {
        /// `https://bucket.host/key` at AWS, `https://host/bucket/key` at any other endpoint and for buckets with dots.
        case automatic
        case path
        case virtualHost
    }

    public var address: S3Address
    public var region = "us-east-1"
    /// `http://127.0.0.1:9000`, `https://storage.example.com`; nil is AWS.
    public var endpoint: String?
    public var style = AddressingStyle.automatic
    public var credentials = CredentialSource.standard
    /// Requests under way at a time; more wait.
    public var connectionLimit = 16
    /// How often a request is tried before its error is reported.
    public var attemptLimit = 6
    /// Trusted certificates (PEM) in place of the system's.
    public var certificateFile: String?

    public init(_ address: S3Address) { self.address = address }

    /// What the environment says, as AWS's own tools read it: `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, `AWS_REGION` or
    /// `AWS_DEFAULT_REGION`, `AWS_CA_BUNDLE`; then the profile's `endpoint_url`, `region` and `ca_bundle`.
    ///
    /// - Parameter profile: The profile whose keys are used, whatever keys the environment names; nil leaves the choice to it.
    public static func standard(for address: S3Address, profile: String? = nil) -> S3Configuration {
        standard(for: address, profile: profile, in: .process)
    }

    package static func standard(for address: S3Address, profile named: String? = nil, in surroundings: Surroundings) -> S3Configuration {
        let profile = surroundings.profile(named ?? surroundings["AWS_PROFILE"] ?? "default").settings
        var result = S3Configuration(address)
        if let named { result.credentials = .profile(named) }
        result.endpoint = surroundings["AWS_ENDPOINT_URL_S3"] ?? surroundings["AWS_ENDPOINT_URL"] ?? profile["endpoint_url"]
        result.region = surroundings["AWS_REGION"] ?? surroundings["AWS_DEFAULT_REGION"] ?? profile["region"] ?? result.region
        result.certificateFile = surroundings["AWS_CA_BUNDLE"] ?? profile["ca_bundle"]
        return result
    }
}
