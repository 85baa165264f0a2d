package import TarnCommandLine
import TarnS3

/// How a bucket is reached, as far as the command line says it; the environment says the rest, and alone names keys.
package struct S3Options: Sendable {
    package var endpoint: String?
    package var region: String?
    package var usesPathStyle = false
    package var profile: String?

    package init() {}

    func configuration(for address: S3Address) -> S3Configuration {
        var configuration = S3Configuration.standard(for: address, profile: profile)
        if let endpoint { configuration.endpoint = endpoint }
        if let region { configuration.region = region }
        if usesPathStyle { configuration.style = .path }
        return configuration
    }
}

/// A command that opens a table, wherever it lies.
package protocol StoreCommand: CommandOptions {
    var s3: S3Options { get set }
}

extension StoreCommand {
    package static var sharedParameters: [Parameter<Self>] { s3Parameters }

    package static var s3Parameters: [Parameter<Self>] {
        [
            .option("s3-endpoint", "URL", "Where s3:// tables are asked for (AWS_ENDPOINT_URL, else AWS).", \.s3.endpoint),
            .option("s3-region", "REGION", "The bucket's region (AWS_REGION, else us-east-1).", \.s3.region),
            .flag("s3-path-style", "Address buckets as https://host/bucket.", \.s3.usesPathStyle),
            .option("s3-profile", "NAME", "The profile of ~/.aws with the keys (AWS_PROFILE, else default).", \.s3.profile),
        ]
    }
}
