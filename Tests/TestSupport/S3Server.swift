import Glibc
import TarnBase
import TarnHTTP
package import TarnS3
import TarnStorage

/// The S3 server that tests may use, as `make test` starts one: `TARN_S3_ENDPOINT` names it, keys are where the environment
/// has them for any program. Makes its bucket if need be.
package struct S3Server: Sendable {
    package static let endpoint = variable("TARN_S3_ENDPOINT")
    package static let accessKey = variable("AWS_ACCESS_KEY_ID") ?? ""
    package static let secret = variable("AWS_SECRET_ACCESS_KEY") ?? ""
    /// What is said of tests that need one.
    package static let reason = "TARN_S3_ENDPOINT names no S3 server: `make test` starts one where the shared folder is (TARN_SHARED)"

    package let configuration: S3Configuration

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    package init() async throws {
        let bucket = Self.variable("TARN_S3_BUCKET") ?? "tarn-tests"
        guard let address = S3Address(bucket: bucket), let text = Self.endpoint else { throw Unexpected(Self.reason) }
        var configuration = S3Configuration.standard(for: address)
        configuration.endpoint = text
        self.configuration = configuration
        let parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard parts.count == 2 else { throw Unexpected("TARN_S3_ENDPOINT is no endpoint: \(text)") }
        var request = HTTPRequest("PUT", String(parts[0].dropLast()), parts[1], path: "/\(bucket)")
        request.body = Bytes()
        SignatureV4(region: configuration.region).sign(
            &request, as: Credentials(accessKey: Self.accessKey, secretKey: Self.secret),
            atMilliseconds: Runtime.system.clock.nowMilliseconds())
        let response = try await CurlTransport().send(request)
        guard response.isSuccess || response.status == 409 else {
            throw Unexpected("making the bucket: \(response.status) \(response.body.printableText)")
        }
    }

    /// An empty store of its own.
    package func store() throws -> S3Store { try S3Store(place(Runtime.system.random.uuid())) }

    private func place(_ prefix: String) throws -> S3Configuration {
        guard let address = S3Address(bucket: configuration.address.bucket, prefix: prefix) else { throw Unexpected("no prefix: \(prefix)") }
        var configuration = configuration
        configuration.address = address
        return configuration
    }

    /// A new place for a table, as command lines name it: `s3://bucket/<uuid>/table`.
    package func newTable() -> String { "s3://\(configuration.address.bucket)/\(Runtime.system.random.uuid())/table" }

    /// What lies there, for looks beside all command lines' backs.
    package func store(at table: String) throws -> S3Store {
        guard let address = S3Address(table) else { throw Unexpected("no address: \(table)") }
        return try S3Store(place(address.prefix))
    }

    /// What makes a program reach the server.
    package var environment: [String: String] {
        ["AWS_ENDPOINT_URL": configuration.endpoint ?? "", "AWS_REGION": configuration.region, "AWS_EC2_METADATA_DISABLED": "true"]
    }
}
