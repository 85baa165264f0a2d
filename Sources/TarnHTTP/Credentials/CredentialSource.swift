/// Where credentials come from. Asked anew when a store says that they have expired.
///
/// Not understood: roles to assume, single sign-on, credential processes, and the metadata services of machines and
/// containers. Export keys from those (`aws configure export-credentials --format env`).
public enum CredentialSource: Sendable {
    case fixed(Credentials)
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; without them the profile that `AWS_PROFILE` names,
    /// else `default`.
    case standard
    /// A profile of `~/.aws/credentials` and `~/.aws/config` (or the files that `AWS_SHARED_CREDENTIALS_FILE` and
    /// `AWS_CONFIG_FILE` name).
    case profile(String)
}

extension CredentialSource {
    /// - Throws: ``CredentialsError``.
    package func load(from surroundings: Surroundings = .process) throws(CredentialsError) -> Credentials {
        switch self {
        case .fixed(let credentials):
            return credentials
        case .profile(let name):
            return try surroundings.profile(name).credentials()
        case .standard:
            if let credentials = try surroundings.variableCredentials() { return credentials }
            let named = surroundings["AWS_PROFILE"]
            let profile = surroundings.profile(named ?? "default")
            guard named != nil || !profile.isEmpty else {
                throw CredentialsError(
                    description:
                        "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with ~/.aws/credentials"
                )
            }
            return try profile.credentials()
        }
    }
}

extension Surroundings {
    fileprivate func variableCredentials() throws(CredentialsError) -> Credentials? {
        switch (self["AWS_ACCESS_KEY_ID"], self["AWS_SECRET_ACCESS_KEY"]) {
        case (nil, nil): return nil
        case (let access?, let secret?):
            return Credentials(accessKey: access, secretKey: secret, sessionToken: self["AWS_SESSION_TOKEN"])
        case (_?, nil): throw CredentialsError(description: "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        case (nil, _?): throw CredentialsError(description: "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not")
        }
    }
}

extension AWSProfile {
    fileprivate func credentials() throws(CredentialsError) -> Credentials {
        if let access = settings["aws_access_key_id"], let secret = settings["aws_secret_access_key"] {
            return Credentials(accessKey: access, secretKey: secret, sessionToken: settings["aws_session_token"])
        }
        let unsupported = [
            "role_arn", "sso_session", "sso_start_url", "credential_process", "credential_source", "web_identity_token_file",
        ]
        if let setting = unsupported.first(where: { settings[$0] != nil }) {
            throw CredentialsError(
                description:
                    "profile '\(name)' uses \(setting), which is not supported: export its keys (aws configure export-credentials)"
            )
        }
        throw CredentialsError(
            description: isEmpty
                ? "there is no profile '\(name)' in ~/.aws/credentials or ~/.aws/config"
                : "profile '\(name)' has no aws_access_key_id and aws_secret_access_key")
    }
}
