import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Damaged files end in a typed error or in values, never in a trap or in memory without measure.
struct HostileFileTests {
    /// Ten small files that have every encoding, nesting, page version and index between them.
    static let victims = [
        "int-decimals-v2-pyarrow", "nested-pyarrow", "nested-v2-pyarrow", "flat-pyarrow", "duckdb", "polars", "old-list-structure",
        "dictionary-falls-back-pyarrow", "skipping-v1-pyarrow", "skipping-v2-pyarrow",
    ]

    /// Reads everything, and once more through a filter; a failure other than ``ParquetError`` fails the test.
    private func attempt(_ bytes: Bytes, _ comment: @autoclosure () -> String, verify: Bool = false) -> Result<[String], ParquetError> {
        var file = MemoryFile(bytes)
        do {
            let rows = try file.rows(options: ScanOptions(batchRows: 64, verifyChecksums: verify))
            try readFiltered(&file)
            return .success(rows)
        } catch let error as ParquetError {
            do { try readFiltered(&file) } catch let error as ParquetError { return .failure(error) } catch { Issue.record("\(error) for \(comment())") }
            return .failure(error)
        } catch {
            Issue.record("\(error) for \(comment())")
            return .failure(.malformed("?"))
        }
    }

    /// With filters that the file's indexes, dictionaries and bloom filters are asked about.
    private func readFiltered(_ file: inout MemoryFile) throws {
        guard let field = try file.metadata().schema.fields.first(where: { [.int64, .int32, .string].contains($0.type) }) else { return }
        var options = FilteredFileTests.asking
        options.batchRows = 64
        options.verifyChecksums = false
        _ = try file.rows(where: .equal(field.name, field.type == .string ? "a" : 750), options: options)
        _ = try file.rows(where: .greaterOrEqual(field.name, field.type == .string ? "b" : 2), options: options)
    }

    private static let isSlow = getenv("TARN_SLOW") != nil

    /// All of `range` in the slow tests; else as many as a second or two allow.
    private func sample(_ range: Range<Int>, _ random: inout SplitMix64) -> [Int] {
        Self.isSlow ? Array(range) : (0..<min(range.count, 250)).map { _ in Int.random(in: range, using: &random) }
    }

    @Test(arguments: victims)
    func `a file cut at any length is refused`(name: String) throws {
        let bytes = try MemoryFile.fixture(name).bytes
        withSeed { random, seed in
            for length in sample(0..<bytes.count, &random) {
                guard case .failure = attempt(bytes[0..<length].compacted(), "length \(length)") else {
                    Issue.record("read a file of \(length) of \(bytes.count) bytes, TARN_SEED=\(seed)")
                    return
                }
            }
        }
    }

    @Test(arguments: victims)
    func `a file with any byte changed is refused or read`(name: String) throws {
        let original = try MemoryFile.fixture(name).bytes.array
        withSeed { random, seed in
            for index in sample(0..<original.count, &random) {
                for change in [0xFF, UInt8.random(in: 1...254, using: &random)] {
                    var damaged = original
                    damaged[index] ^= change
                    _ = attempt(Bytes(damaged), "byte \(index) ^ \(change), TARN_SEED=\(seed)")
                }
            }
        }
    }

    @Test func `with checksums a changed byte of any page is found`() throws {
        let file = try MemoryFile.fixture("flat-pyarrow")
        var copy = file
        let metadata = try copy.metadata()
        let expected = ForeignFileTests.flat
        for chunk in metadata.rowGroups[0].columns {
            // The last byte of the chunk is the last of its last page.
            var damaged = file.bytes.array
            damaged[Int(chunk.startOffset + chunk.compressedByteCount) - 1] ^= 0x10
            let result = attempt(Bytes(damaged), "chunk \(chunk.path)", verify: true)
            guard case .failure(let error) = result else {
                Issue.record("read \(chunk.path): \(result) is not \(expected)")
                continue
            }
            #expect(error.kind == .checksum && error.column == chunk.path.joined(separator: "."))
        }
    }

    @Test func `what headers announce is held to the limits before memory is taken`() throws {
        var limits = ReadLimits()
        limits.footerBytes = 100
        var file = try MemoryFile.fixture("flat-pyarrow")
        #expect { try file.metadata(limits: limits) } throws: { ($0 as? ParquetError)?.kind == .limit }

        var options = ScanOptions()
        options.limits.valuesPerPage = 3
        #expect { try file.rows(options: options) } throws: { ($0 as? ParquetError)?.kind == .limit }
        options = ScanOptions()
        options.limits.pageBytes = 4
        #expect { try file.rows(options: options) } throws: { ($0 as? ParquetError)?.kind == .limit }
        options = ScanOptions()
        options.limits.entriesPerRow = 2
        var nested = try MemoryFile.fixture("nested-pyarrow")
        #expect { try nested.rows(options: options) } throws: { ($0 as? ParquetError)?.kind == .limit }
    }

    @Test func `what is no Parquet file is told apart`() throws {
        func kind(_ bytes: [UInt8]) -> ParquetError.Kind? {
            var file = MemoryFile(Bytes(bytes))
            do { _ = try file.metadata() } catch { return (error as? ParquetError)?.kind }
            return nil
        }
        #expect(kind([]) == .truncated)
        #expect(kind(Array(repeating: 7, count: 100)) == .malformed)
        #expect(kind(Array("PAR1".utf8) + [0, 0, 0, 0] + Array("PARE".utf8)) == .unsupported)
        #expect(kind(Array("PAR1".utf8) + [0xFF, 0xFF, 0xFF, 0x7F] + Array("PAR1".utf8)) == .malformed)
    }
}
