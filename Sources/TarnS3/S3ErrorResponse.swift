import TarnBase
import TarnHTTP
import TarnStorage

/// An answer that is no success: the code of its XML body, or what its status says where there is none.
struct S3ErrorResponse: Sendable {
    let status: Int
    /// As the S3 reference spells it: `NoSuchKey`, `SlowDown`; empty if the answer does not tell.
    let code: String
    /// The store's words, shortened.
    let message: String
    /// Where the bucket lies, if the answer says so.
    let region: String?
    /// The store's clock.
    let serverMilliseconds: Int64?

    init(_ response: HTTPResponse) {
        status = response.status
        let root = XMLNode.parse(response.body)
        let error = root?.name == "Error" ? root : nil
        code = error?.value("Code") ?? ""
        message = String((error?.value("Message") ?? "").filter { !$0.isNewline }.prefix(200))
        region = response.header("x-amz-bucket-region") ?? error?.value("Region")
        serverMilliseconds = response.header("date").flatMap { HTTPDate.parseHeader($0) }
    }

    /// Whether the same request may well succeed a moment later.
    var isPassing: Bool {
        switch code {
        case "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted",
            "ConditionalRequestConflict", "Throttling",
            "RequestLimitExceeded", "ThrottlingException":
            true
        default: status >= 500 && status != 501 || status == 429 || status == 408
        }
    }

    /// Whether the request was refused as a whole, so that nothing was done. What is not, may have been.
    var isRefusal: Bool { status < 500 && ![408, 409].contains(status) && code != "RequestTimeout" }

    var isExpiredCredentials: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }
}

extension S3ErrorResponse {
    /// One line for the person who meets it.
    func error(for request: S3Request, at path: ObjectPath?, of configuration: S3Configuration, nowMilliseconds now: Int64)
        -> StorageError
    {
        let bucket = configuration.address.bucket
        let place = configuration.endpoint ?? "AWS (\(configuration.region))"
        func error(_ code: StorageError.Code, _ message: String) -> StorageError { StorageError(code, message, at: path) }
        switch code {
        case "NoSuchBucket":
            return error(.unavailable, "there is no bucket '\(bucket)' at \(place)")
        case "NoSuchKey":
            return error(.notFound, "no such object")
        case "InvalidAccessKeyId":
            return error(.permissionDenied, "\(place) does not know the access key; check AWS_ACCESS_KEY_ID or the profile")
        case "SignatureDoesNotMatch":
            return error(
                .permissionDenied, "the secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY or the profile")
        case "RequestTimeTooSkewed":
            return error(.unavailable, "this machine's clock is wrong\(skew(now)); set it, for the store refuses its requests")
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            return error(.permissionDenied, "the session token has expired; get new temporary keys")
        case "InvalidToken":
            return error(.permissionDenied, "the session token is not valid; check AWS_SESSION_TOKEN")
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
            return wrongRegion(path, of: configuration)
        case "TemporaryRedirect":
            return error(.unavailable, "\(place) sends requests for the new bucket '\(bucket)' elsewhere; try again later")
        case "EntityTooLarge":
            return error(.tooLarge, "the store takes no object of this size")
        case "PreconditionFailed":
            return error(.preconditionFailed, "the object is not as the condition says")
        case "InvalidRange":
            return error(.invalidRange, "the object is shorter than a range says")
        default: break
        }
        switch status {
        case 301, 307, 308: return wrongRegion(path, of: configuration)
        case 404 where request.key != nil: return error(.notFound, "no such object")
        case 404: return error(.unavailable, "there is no bucket '\(bucket)' at \(place)")
        case 412: return error(.preconditionFailed, "the object is not as the condition says")
        case 416: return error(.invalidRange, "the object is shorter than a range says")
        case 401, 403:
            return error(
                .permissionDenied, "access denied: the keys do not allow \(request.method) in bucket '\(bucket)'" + words)
        case 501: return error(.unsupported, "the store does not know this request" + words)
        default: return error(.unavailable, "\(place) answers \(status)" + words)
        }
    }

    private var words: String {
        let said = [code, message].filter { !$0.isEmpty }.joined(separator: ": ")
        return said.isEmpty ? "" : " (\(said))"
    }

    private func skew(_ now: Int64) -> String {
        guard let serverMilliseconds else { return "" }
        let seconds = (now - serverMilliseconds) / 1000
        let size = seconds.magnitude < 120 ? "\(seconds.magnitude) seconds" : "\((seconds.magnitude + 30) / 60) minutes"
        return " by \(size) (\(seconds < 0 ? "slow" : "fast"))"
    }

    private func wrongRegion(_ path: ObjectPath?, of configuration: S3Configuration) -> StorageError {
        let remedy = region.map { "it lies in \($0): set AWS_REGION=\($0)" } ?? "set AWS_REGION to the bucket's"
        return StorageError(
            .unavailable, "bucket '\(configuration.address.bucket)' is not in region \(configuration.region); \(remedy)", at: path
        )
    }
}
