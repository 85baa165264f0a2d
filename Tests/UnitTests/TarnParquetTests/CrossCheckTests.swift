import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Random schemas, data and layouts, ours read by others and theirs read by us: 50 each way, 500 with `TARN_SLOW=1`.
@Suite struct CrossCheckTests {
    private static let fileCount = getenv("TARN_SLOW") == nil ? 50 : 500

    @Test func `pyarrow and DuckDB read random files of ours as the rows that went in`() throws {
        let folder = try TemporaryFolder()
        var random = RandomColumns()
        for number in 0..<CrossCheckTests.fileCount {
            // A few with every type, the others with types made up.
            let rows = [0, 1, 3, 70, 300, number < 5 ? 2000 : 20][number % 6]
            let file = number < 6 ? RandomFile(&random, rows: rows) : RandomFile(inventing: &random, rows: rows)
            try CrossCheckTests.write(file.written(keyValueMetadata: [("a", "b")]), to: "\(folder.path)/\(number).parquet")
            try CrossCheckTests.write([Bytes(file.rows.map { $0.map(\.json).joined(separator: ",") }.map { "[\($0)]\n" }.joined())], to: "\(folder.path)/\(number).ndjson")
        }
        do { print(try Python.run("compare_parquet.py", [folder.path])) } catch {
            Issue.record("replay with TARN_SEED=\(testSeed)")
            throw error
        }
    }

    @Test func `random files of pyarrow and DuckDB hold the rows that they were made from`() throws {
        let folder = try TemporaryFolder()
        try Python.run("make_parquet.py", [folder.path, "\(CrossCheckTests.fileCount)", "\(testSeed)"])
        var random = RandomColumns()
        for number in 0..<CrossCheckTests.fileCount {
            let expected = try CrossCheckTests.lines(of: "\(folder.path)/\(number).ndjson")
            var options = ScanOptions()
            options.verifyChecksums = true
            options.batchRows = random.int(1..<400)
            options.fetchBytes = random.int(1..<20_000)
            let file = try CrossCheckTests.read("\(folder.path)/\(number).parquet")
            let (metadata, rows) = try readBack([file], options: options)
            #expect(metadata.rowCount == Int64(expected.count), "file \(number), TARN_SEED=\(testSeed)")
            let found = rows.map { "[\($0.map(\.json).joined(separator: ","))]" }
            if let row = zip(found, expected).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
                Issue.record("file \(number), row \(row.offset): \(row.element.0), not \(row.element.1); TARN_SEED=\(testSeed)")
            }
            #expect(found.count == expected.count, "file \(number), TARN_SEED=\(testSeed)")
            // Whatever these writers say of their values and pages, members of structs among them, hides no row.
            var memory = MemoryFile(file)
            for _ in 0..<3 {
                guard let filter = FilteredFileTests.filter(metadata.schema, rows, &random) else { continue }
                let kept = try memory.rowsOneByOne(where: filter)
                #expect(try memory.rows(where: filter, options: FilteredFileTests.options(&random)).rows == kept, "\(filter) of file \(number), TARN_SEED=\(testSeed)")
            }
        }
    }

    private static func write(_ pieces: [Bytes], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        for piece in pieces { piece.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) } }
    }

    private static func read(_ path: String) throws -> Bytes {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var content = ByteBuilder()
        var count = 1
        while count > 0 {
            content.append(upTo: 1 << 16) { target in
                count = fread(target.baseAddress, 1, target.count, file)
                return count
            }
        }
        return content.finish()
    }

    private static func lines(of path: String) throws -> [String] {
        try #require(read(path).utf8Text).split(separator: "\n").map(String.init)
    }
}
