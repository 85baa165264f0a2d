import TarnBase
import TarnHTTP
import Testing

@Suite struct SignatureV4Tests {
    private static let credentials = Credentials(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    /// 2013-05-24T00:00:00Z
    private static let moment: Int64 = 1_369_353_600_000

    private static func request(_ method: String, _ path: String, query: [(String, String?)] = []) -> HTTPRequest {
        var request = HTTPRequest(
            method, "https", "examplebucket.s3.amazonaws.com", path: PercentEncoding.encode(path, slashes: true))
        request.query = PercentEncoding.query(query.map { (name: $0.0, value: $0.1) })
        return request
    }

    // "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", Amazon S3 API Reference.
    @Test func `the examples of the S3 reference get the signatures printed there`() {
        var range = Self.request("GET", "/test.txt")
        range.headers = [("range", "bytes=0-9")]
        var put = Self.request("PUT", "/test$file.text")
        put.headers = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        put.body = Bytes("Welcome to Amazon S3.")
        let examples = [
            (range, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            (put, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
            (
                Self.request("GET", "/", query: [("lifecycle", nil)]),
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (
                Self.request("GET", "/", query: [("prefix", "J"), ("max-keys", "2")]),
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ]
        for (unsigned, expected) in examples {
            var request = unsigned
            let signer = SignatureV4(region: "us-east-1")
            signer.sign(&request, as: Self.credentials, atMilliseconds: Self.moment)
            // Signing again, as a retry does, replaces the first signature.
            signer.sign(&request, as: Self.credentials, atMilliseconds: Self.moment)
            let authorization = request.headers.first { $0.name == "authorization" }?.value
            #expect(authorization?.hasSuffix("Signature=\(expected)") == true, "\(unsigned): \(authorization ?? "none")")
            #expect(request.headers.count == unsigned.headers.count + 3)
        }
    }

    @Test func `digests and texts equal published ones`() {
        #expect(Digest.hex(Digest.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest.base64(Digest.md5(Bytes(""))) == "1B2M2Y8AsgTpgAmY7PhCfg==")
        // RFC 4231, test case 2; RFC 4648, section 10.
        #expect(
            Digest.hex(Digest.hmacSHA256(key: Array("Jefe".utf8), "what do ya want for nothing?"))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            ["", "f", "fo", "foo", "foob"].map { Digest.base64(Array($0.utf8)) } == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
        #expect(PercentEncoding.encode("a b/ü+~%", slashes: true) == "a%20b/%C3%BC%2B~%25")
        #expect(PercentEncoding.query([("b", "2"), ("a", nil), ("b", "1=")]) == "a=&b=1%3D&b=2")
        for text in ["", "a b+c%d/e", "são\u{0}\n😀"] { #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text) }
        #expect(PercentEncoding.decode("a+b%2B") == "a b+")
        #expect(["%", "%4", "%zz", "%ff"].allSatisfy { PercentEncoding.decode($0) == nil })
    }

    @Test func `times are read as they are written`() {
        #expect(HTTPDate.basic(Self.moment) == "20130524T000000Z")
        #expect(HTTPDate.parseHeader("Fri, 24 May 2013 00:00:00 GMT") == Self.moment)
        #expect(HTTPDate.parseISO("2013-05-24T00:00:00.250Z") == Self.moment + 250)
        #expect(HTTPDate.parseISO("2013-05-24T00:00:00Z") == Self.moment)
        for day in stride(from: Int64(0), to: 60_000, by: 1) {
            let basic = HTTPDate.basic(day * 86_400_000 + 86_399_000)
            let spelled = "\(basic.prefix(4))-\(basic.dropFirst(4).prefix(2))-\(basic.dropFirst(6).prefix(2))T23:59:59Z"
            guard HTTPDate.parseISO(spelled) != day * 86_400_000 + 86_399_000 else { continue }
            Issue.record("day \(day): \(basic)")
        }
        #expect(["", "2013", "2013-13-24T00:00:00Z", "x-05-24T00:00:00Z"].allSatisfy { HTTPDate.parseISO($0) == nil })
        #expect(
            ["", "Fri, 24 Foo 2013 00:00:00 GMT", "Fri, 99 May 2013 00:00:00 GMT"].allSatisfy { HTTPDate.parseHeader($0) == nil })
    }
}
