import TarnBase
import TarnHTTP
import TarnS3
import TarnStorage
import TarnTestSupport
import Testing

@Suite struct ReadTests {
    private static let a = ObjectPath.root.appending("a")

    private static func xml(_ body: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Bytes("<?xml version=\"1.0\"?>\n" + body))
    }

    @Test func `near ranges are one request, far ones several, and each gets its bytes`() async throws {
        let bucket = FakeBucket()
        let text = String((0..<300_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
        bucket.store(text, at: "/lake/t/a")
        let store = try exampleStore(bucket)
        let whole = Bytes(text)
        let cases: [([Range<Int64>], Int)] = [
            ([0..<10, 20..<30, 5..<25, 7..<7], 1), ([0..<10, 200_000..<200_010], 2),
            ([299_999..<300_000, 0..<1, 150_000..<150_001], 3),
            ([3..<3], 1), ([300_000..<300_000, 0..<300_000], 1),
        ]
        for (ranges, requests) in cases {
            bucket.fail { _, _ in nil }
            #expect(try await store.get(Self.a, ranges: ranges) == ranges.map { whole[Int($0.lowerBound)..<Int($0.upperBound)] })
            #expect(bucket.requests.count == requests, "\(ranges)")
        }
        for ranges in [[300_000..<300_001], [0..<300_001], [0..<1, 300_001..<300_001], [400_000..<400_001, 0..<1]]
            as [[Range<Int64>]]
        {
            #expect(await code { _ = try await store.get(Self.a, ranges: ranges) } == .invalidRange, "\(ranges)")
        }
    }

    @Test func `reads come through passing failures and cut answers, and end at lasting ones`() async throws {
        let short = ScriptedTransport { number, _ in
            let body = number < 2 ? "12" : "12345"
            return HTTPResponse(status: 206, headers: [("content-range", "bytes 0-4/9")], body: Bytes(body))
        }
        #expect(try await exampleStore(short).get(Self.a, ranges: [0..<5]).map(\.printableText) == ["12345"])
        #expect(short.requests.count == 3)
        let bucket = FakeBucket()
        bucket.store("x", at: "/lake/t/a")
        let store = try exampleStore(bucket)
        for fault in [FakeBucket.Fault.lostReply, .cannotConnect, .status(503, "SlowDown"), .status(500, ""), .status(429, "")] {
            bucket.fail { number, _ in number < 4 ? fault : nil }
            #expect(try await store.get(Self.a, ranges: nil).map(\.printableText) == ["x"])
            #expect(bucket.requests.count == 5)
            bucket.fail { _, _ in fault }
            #expect(await code { _ = try await store.info(Self.a) } == .unavailable)
            #expect(bucket.requests.count == 6)
        }
    }

    @Test func `listings give odd keys back, and what is no listing is an error`() async throws {
        let page = Self.xml(
            """
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
            <Contents><Key>t/</Key><LastModified>2026-01-10T08:00:00.000Z</LastModified><Size>0</Size></Contents>
            <Contents><Key>t/a%2Bb+c%0A%F0%9F%98%80</Key><LastModified>2026-01-10T08:00:00.123Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>7</Size>
            <!-- skipped --><Owner><ID>x</ID></Owner></Contents>
            <CommonPrefixes><Prefix>t/d%C3%A9/</Prefix></CommonPrefixes></ListBucketResult>
            """)
        let listing = try await exampleStore(ScriptedTransport { _, _ in page }).list(.root, startingAfter: nil, recursive: false)
        let expected = ObjectInfo(
            path: .root.appending("a+b c\n😀"), size: 7, modifiedMilliseconds: 1_768_032_000_123, version: ObjectVersion("abc"))
        #expect(listing.objects == [expected] && listing.folders == [.root.appending("dé")] && listing.next == nil)
        let plain = Self.xml(
            "<ListBucketResult><Contents><Key>t/a&amp;%41&#x21;<![CDATA[<]]></Key><LastModified>2026-01-10T08:00:00Z</LastModified><Size>1</Size></Contents></ListBucketResult>"
        )
        let unencoded = try await exampleStore(ScriptedTransport { _, _ in plain }).list(
            .root, startingAfter: nil, recursive: true)
        #expect(unencoded.objects.map(\.path.text) == ["a&%41!<"])

        let whole = page.body.printableText
        let key = "<LastModified>2026-01-10T08:00:00Z</LastModified>"
        var hostile = stride(from: 0, to: whole.utf8.count - 1, by: 13).map {
            String(decoding: whole.utf8.prefix($0), as: UTF8.self)
        }
        hostile += [
            "<html></html>", "<ListBucketResult><Contents><Key>t/a</Key>\(key)<Size>-1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>t/a</Key><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult>&bomb;</ListBucketResult>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>t/%zz</Key>\(key)<Size>1</Size></Contents></ListBucketResult>",
            String(repeating: "<ListBucketResult>", count: 100_000),
        ]
        for body in hostile {
            let store = try exampleStore(ScriptedTransport { _, _ in HTTPResponse(status: 200, body: Bytes(body)) })
            #expect(
                await code { _ = try await store.list(.root, startingAfter: nil, recursive: true) } == .unavailable,
                "\(body.prefix(200))")
        }
    }

    @Test func `errors a user meets are one clear line without a secret`() async throws {
        let skewed = [("date", "Sat, 10 Jan 2026 08:20:00 GMT")] as [(name: String, value: String)]
        let cases: [(Int, String, [(name: String, value: String)], StorageError.Code, String)] = [
            (
                403, "InvalidAccessKeyId", [], .permissionDenied,
                "http://store:9000 does not know the access key; check AWS_ACCESS_KEY_ID"
            ),
            (403, "SignatureDoesNotMatch", [], .permissionDenied, "the secret key does not fit the access key"),
            (403, "RequestTimeTooSkewed", skewed, .unavailable, "this machine's clock is wrong by 20 minutes (slow)"),
            (404, "NoSuchBucket", [], .unavailable, "there is no bucket 'lake' at http://store:9000"),
            (
                301, "PermanentRedirect", [("x-amz-bucket-region", "eu-north-1")], .unavailable,
                "it lies in eu-north-1: set AWS_REGION=eu-north-1"
            ),
            (400, "AuthorizationHeaderMalformed", [], .unavailable, "is not in region us-east-1"),
            (400, "ExpiredToken", [], .permissionDenied, "the session token has expired; get new temporary keys"),
            (403, "AccessDenied", [], .permissionDenied, "access denied: the keys do not allow"),
            (418, "Teapot", [], .unavailable, "answers 418 (Teapot"),
        ]
        for (status, name, headers, expected, text) in cases {
            let body = Bytes("<Error><Code>\(name)</Code><Message>two\nlines</Message></Error>")
            let store = try exampleStore(
                ScriptedTransport { _, request in
                    HTTPResponse(status: status, headers: headers, body: request.method == "HEAD" ? Bytes() : body)
                })
            // A HEAD's answer has no body that tells, and is explained all the same.
            for work in [{ _ = try await store.get(Self.a, ranges: nil) }, { _ = try await store.info(Self.a) }]
                as [() async throws -> Void]
            {
                let error = await #expect(throws: StorageError.self) { try await work() }
                let line = "\(try #require(error))"
                #expect(error?.code == expected && line.contains(text), "\(line)")
                #expect(!line.contains("hush") && !line.contains("AKIAACCESS") && !line.contains("\n"), "\(line)")
            }
        }
        #expect(throws: StorageError.self) { _ = try exampleStore(FakeBucket(), endpoint: "store:9000") }
    }

    @Test func `a bucket is named in the path or in the host, and the address says where in it`() async throws {
        let cases =
            [
                (nil, "lake.s3.us-east-1.amazonaws.com", "/t/a%20b"), ("http://h:80/", "h", "/lake/t/a%20b"),
                ("https://h:9000", "h:9000", "/lake/t/a%20b"),
            ] as [(String?, String, String)]
        for (endpoint, authority, path) in cases {
            let transport = ScriptedTransport { _, _ in HTTPResponse(status: 200) }
            _ = try await exampleStore(transport, endpoint: endpoint).get(.root.appending("a b"), ranges: nil)
            #expect(transport.requests.map(\.authority) == [authority] && transport.requests.map(\.path) == [path])
        }
        #expect(S3Address("s3://b-1.x/p/q/")?.description == "s3://b-1.x/p/q" && S3Address("s3a://bucket")?.prefix == "")
        #expect(
            ["s3://", "s3:/bucket", "/s3://bucket", "s3://b/p", "s3://bucket/p//q", "s3://bucket/../q", "s3://bu ket"].allSatisfy
            { S3Address($0) == nil })
        let surroundings = Surroundings(
            variable: { ["AWS_REGION": "eu-west-1", "HOME": "/h"][$0] },
            file: { $0 == "/h/.aws/config" ? "[default]\nregion=x\nendpoint_url = http://e" : nil })
        let configuration = S3Configuration.standard(for: try #require(S3Address("s3://bucket/p")), in: surroundings)
        #expect(configuration.region == "eu-west-1" && configuration.endpoint == "http://e")
    }
}
