import TarnBase
import TarnColumns
import TarnRead
import TarnTable
import TarnTestSupport
import Testing

/// Tables that Spark wrote, in `Fixtures/golden`: every stored answer of Spark's is what Tarn reads, record for record, or Tarn
/// says which feature it does not read.
@Suite struct GoldenAnswerTests {
    /// What may be refused, by table, and the words that name it. Whatever else is refused, or answered differently, fails.
    private static let refusals: [String: String] = [
        "v6-0.15-cow-archived-keep-commits": "were archived",
        "v6-0.15-cow-drop-partition-columns": "lack the partition columns",
        "v6-0.15-cow-evolve-promote": "cannot become",
        "v6-0.15-cow-key-nested": "partitioned by a struct's member",
        "v6-0.15-mor-archived-rollbacks": "were archived",
        "v6-0.15-mor-evolve-promote": "cannot become",
        "v6-0.15-mor-hfilelog": "HFile",
        "v6-0.15-mor-key-custom-mixed": "CustomKeyGenerator",
        "v6-0.15-mor-key-ts-millis-tz": "TimestampBasedKeyGenerator",
        "v6-0.15-mor-key-ts-scalar-days": "TimestampBasedKeyGenerator",
        "v6-0.15-mor-nometa": "without meta fields",
        "v6-0.15-mor-part-timestamp-consistent": "partitioned by the timestamp",
        "v6-0.15-mor-partodd-nested": "lies in another",
        "v6-0.15-mor-payload-overwrite-non-defaults": "OverwriteNonDefaultsWithLatestAvroPayload",
        "v6-0.15-mor-payload-partial-update": "PartialUpdateAvroPayload",
        "v6-0.15-mor-payload-partial-update-compacted": "PartialUpdateAvroPayload",
        "v6-0.15.0-mor-partial-payload-before-upgrade": "PartialUpdateAvroPayload",
        "v6-1.0.2-mor-archived": "were archived",
        "v6-1.0.2-mor-upgrade-pendingcompaction-downgraded": "downgraded",
    ]

    private enum Verdict: Equatable { case same, refused }

    @Test func `the fixtures are there, with their questions, and every refusal is of one of them`() throws {
        let questions = try FixtureTable.names.reduce(0) { try $0 + GoldenQuestion.all(of: FixtureTable.about($1)).count }
        #expect(FixtureTable.names.count >= 110 && questions >= 660)
        #expect(Set(Self.refusals.keys).isSubset(of: FixtureTable.names))
    }

    @Test(arguments: FixtureTable.names)
    func `what Spark read is what Tarn reads`(name: String) async throws {
        let golden = try FixtureTable(name)
        let questions = GoldenQuestion.all(of: golden.about)
        let pathColumns = (golden.about["partition_columns_differ_from_files"]).map { Self.names(in: $0, with: "in_file") } ?? []
        var verdicts: [Verdict] = []
        for question in questions {
            do { verdicts.append(try await judge(question, golden, pathColumns)) } catch { Issue.record("\(question): \(error)") }
        }
        if Self.refusals[name] == nil { #expect(verdicts.allSatisfy { $0 == .same }) }
    }

    private func judge(_ question: GoldenQuestion, _ golden: FixtureTable, _ pathColumns: Set<String>) async throws -> Verdict {
        let read: Bytes
        do {
            let scan = try await question.snapshot(of: golden.table).scan(withMetaFields: true)
            let writer = NDJSONWriter(schema: try scan.schema)
            var output = ByteBuilder()
            for try await batch in scan { output.append(writer.append(batch)) }
            read = output.finish()
        } catch let error as TableError where error.code == .unsupported {
            guard let word = Self.refusals[golden.name], error.message.contains(word) else { throw error }
            return .refused
        }
        var difference = ""
        for file in question.files {
            let answer = try await golden.answer(file)
            // Spark takes these columns from the path, others from the file: both are right.
            for columns in pathColumns.isEmpty ? [[]] : [[], pathColumns] {
                let (got, expected) = (try RecordMultiset(ndjson: read, without: columns), try RecordMultiset(ndjson: answer, without: columns))
                if got == expected { return .same }
                difference = "\(got.count) records instead of \(expected.count); missing: \(expected.first(missingIn: got).map { "\($0)" } ?? "none"); too many: \(got.first(missingIn: expected).map { "\($0)" } ?? "none")"
            }
        }
        throw Unexpected(difference)
    }

    /// Names of the members, at any depth, whose value is an object that has `mark`.
    private static func names(in tree: JSON, with mark: String) -> Set<String> {
        var names: Set<String> = []
        for member in tree.objectValue ?? [] {
            if member.value[mark] != nil { names.insert(member.name) } else { names.formUnion(Self.names(in: member.value, with: mark)) }
        }
        for element in tree.arrayValue ?? [] { names.formUnion(Self.names(in: element, with: mark)) }
        return names
    }

    // MARK: The comparison itself

    @Test func `records are compared by value, not by spelling`() throws {
        func set(_ text: String) throws -> RecordMultiset { try RecordMultiset(ndjson: Bytes(text)) }
        #expect(try set("{\"a\":1,\"b\":\"2.50\"}\n{\"a\":2}") == set("{\"a\":2.0}\n{\"b\":\"2.5\",\"a\":1e0}\n"))
        #expect(try set("{\"t\":\"2026-01-02T03:04:05.600000Z\"}") == set("{\"t\":\"2026-01-02 03:04:05.6+00:00\"}"))
        for (left, right) in [
            ("{\"a\":1}", "{\"a\":1}\n{\"a\":1}"), ("{\"a\":1}", "{\"a\":\"1\"}"), ("{\"a\":null}", "{}"), ("{\"a\":\"2.5\"}", "{\"a\":\"2.05\"}"), ("{\"a\":[1,2]}", "{\"a\":[2,1]}"),
            ("{\"a\":9007199254740993}", "{\"a\":9007199254740992}"), ("{\"t\":\"2026-01-02T03:04:05.600000Z\"}", "{\"t\":\"2026-01-02T03:04:05.060000Z\"}"),
        ] { #expect(try set(left) != set(right), "\(left) \(right)") }
    }
}
