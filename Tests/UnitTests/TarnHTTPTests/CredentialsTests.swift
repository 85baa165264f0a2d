import TarnHTTP
import Testing

@Suite struct CredentialsTests {
    private static let files = [
        "/home/u/.aws/credentials": """
        # comment
        [default]
        aws_access_key_id = AKDEFAULT1
        aws_secret_access_key=default/secret=1

        [work]
        aws_access_key_id=AKWORK
        aws_secret_access_key=worksecret
        aws_session_token=worktoken
        """,
        "/home/u/.aws/config": """
        [default]
        region = eu-north-1
        s3 =
          addressing_style = path
        [profile role]
        role_arn = arn:aws:iam::1:role/x
        [profile work]
        region=us-west-2
        aws_access_key_id=OVERRULED
        """,
    ]

    private static func surroundings(_ variables: [String: String]) -> Surroundings {
        let variables = variables.merging(["HOME": "/home/u"]) { given, _ in given }
        return Surroundings(variable: { variables[$0] }, file: { files[$0] })
    }

    @Test func `variables come first, then the named profile, then the default one`() throws {
        let variables = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "envsecret", "AWS_SESSION_TOKEN": "t"]
        let cases: [(CredentialSource, [String: String], Credentials)] = [
            (.standard, variables, Credentials(accessKey: "AKENV", secretKey: "envsecret", sessionToken: "t")),
            (.standard, [:], Credentials(accessKey: "AKDEFAULT1", secretKey: "default/secret=1")),
            (
                .standard, ["AWS_PROFILE": "work"],
                Credentials(accessKey: "AKWORK", secretKey: "worksecret", sessionToken: "worktoken")
            ),
            (.profile("work"), variables, Credentials(accessKey: "AKWORK", secretKey: "worksecret", sessionToken: "worktoken")),
        ]
        for (source, variables, expected) in cases { #expect(try source.load(from: Self.surroundings(variables)) == expected) }
        #expect(Self.surroundings([:]).profile("work").settings["region"] == "us-west-2")
        #expect(Self.surroundings([:]).profile("default").settings["addressing_style"] == nil)
    }

    @Test func `what is missing is said in one line with the remedy`() {
        let cases: [(CredentialSource, [String: String], String)] = [
            (.standard, ["HOME": "/nowhere"], "no AWS credentials: set AWS_ACCESS_KEY_ID"),
            (.standard, ["AWS_ACCESS_KEY_ID": "A"], "AWS_SECRET_ACCESS_KEY is not"),
            (.profile("none"), [:], "there is no profile 'none'"),
            (.profile("role"), [:], "uses role_arn, which is not supported"),
            (.standard, ["AWS_PROFILE": "none"], "there is no profile 'none'"),
        ]
        for (source, variables, expected) in cases {
            let error = #expect(throws: CredentialsError.self) { try source.load(from: Self.surroundings(variables)) }
            #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
        }
    }

    @Test func `no spelling of credentials or of a signed request shows a secret`() {
        let credentials = Credentials(accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "hush-secret", sessionToken: "hush-token")
        var request = HTTPRequest("PUT", "http", "host", path: "/key")
        request.headers = [("x-amz-meta-a", "hush-header")]
        SignatureV4(region: "us-east-1").sign(&request, as: credentials, atMilliseconds: 0)
        var texts = ["\(credentials)", "\(request)", String(reflecting: credentials), String(reflecting: request)]
        for value in [credentials, request, CredentialSource.fixed(credentials), [credentials], Optional(request) as Any] as [Any]
        {
            texts.append("\(value)")
            var dumped = ""
            dump(value, to: &dumped)
            texts.append(dumped)
        }
        for text in texts {
            for secret in ["hush", "Signature=", "AKIAIOSFODNN7"] { #expect(!text.contains(secret), "\(text)") }
        }
    }
}
