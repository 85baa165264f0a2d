import BenchSupport
import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// A row group of which one column changes: copied but for that column, beside decoded and encoded anew as a whole. In memory.
///
///     Copying [rows=500000] [rounds=5]
///
/// Prints what each took, the ratio of the medians, and a checksum of the rows read back from both; exit code 1 where these
/// differ.
@main
struct CopyingBenchmark {
    static func main() async {
        do {
            let settings = try Settings(CommandLine.arguments.dropFirst(), defaults: ["rows": 500_000, "rounds": 5])
            exit(try await measure(settings) ? 0 : 1)
        } catch {
            print("Copying: \(error)")
            exit(2)
        }
    }

    private static func measure(_ settings: Settings) async throws -> Bool {
        let source = try await file(rows: settings["rows"])
        print("\(settings): a file of \(source.bytes.count) bytes in \(source.metadata.rowGroups.count) row groups, \(source.metadata.tree.leaves.count) columns")
        var copied: [Double] = []
        var encoded: [Double] = []
        var sums: Set<UInt64> = []
        for round in 0..<settings["rounds"] {
            let text = "file \(round)"
            var results: [Bytes] = []
            copied.append(try await seconds { results.append(try copy(source, replacing: 0, by: text)) })
            encoded.append(try await seconds { results.append(try encode(source, replacing: 0, by: text)) })
            let checked = try results.map { try MemoryFile($0).checksum() }
            guard checked[0] == checked[1] else {
                print("round \(round): what was copied reads back as \(checked[0]), what was encoded as \(checked[1])")
                return false
            }
            sums.insert(checked[0])
        }
        let (copySeconds, encodeSeconds) = (median(copied), median(encoded))
        let megabytes = Double(source.bytes.count) / 1e6
        print("copy      \(rounded(copySeconds * 1e3, 2)) ms   \(rounded(megabytes / copySeconds, 0)) MB/s of file")
        print("encode    \(rounded(encodeSeconds * 1e3, 2)) ms   \(rounded(megabytes / encodeSeconds, 0)) MB/s of file")
        print("ratio     \(rounded(encodeSeconds / copySeconds, 1))   checksums of the rows \(sums.map { String($0, radix: 16) }.sorted())")
        return true
    }

    private static func file(rows: Int) async throws -> MemoryFile {
        let schema = Schema([Field("file", .string)] + Trips.schema.fields)
        let writer = try ParquetFileWriter(schema: schema)
        var pieces: [Bytes] = []
        for try await batch in Trips.Rows(0..<rows, cities: 100, version: 1) {
            try writer.append(RecordBatch(schema: schema, columns: [.constant("before", count: batch.rowCount)] + batch.columns, rowCount: batch.rowCount))
            pieces += writer.takeOutput()
        }
        return try MemoryFile(joined(pieces + writer.finish()))
    }

    // MARK: The two ways

    private static func copy(_ file: MemoryFile, replacing column: Int, by text: String) throws -> Bytes {
        let writer = try ParquetFileWriter(schema: file.metadata.schema)
        var pieces: [Bytes] = []
        let kept = file.metadata.tree.fields.indices.filter { $0 != column }
        for (number, group) in file.metadata.rowGroups.enumerated() {
            let copy = try RowGroupCopy(of: number, in: file.metadata, fields: kept, fileSize: Int64(file.bytes.count))
            var content = try copy.fields(from: copy.ranges.map { file[$0] }).map { RowGroupColumn.encoded($0) }
            content.insert(.values(.constant(text, count: Int(group.rowCount))), at: column)
            try writer.appendRowGroup(content, rowCount: Int(group.rowCount))
            pieces += writer.takeOutput()
        }
        return joined(try pieces + writer.finish())
    }

    private static func encode(_ file: MemoryFile, replacing column: Int, by text: String) throws -> Bytes {
        let writer = try ParquetFileWriter(schema: file.metadata.schema)
        var pieces: [Bytes] = []
        try file.forEachBatch { batch in
            var columns = batch.columns
            columns[column] = .constant(text, count: batch.rowCount)
            try writer.append(RecordBatch(schema: batch.schema, columns: columns, rowCount: batch.rowCount))
            pieces += writer.takeOutput()
        }
        return joined(try pieces + writer.finish())
    }

    /// One object, as a store would have it: part of both ways.
    private static func joined(_ pieces: [Bytes]) -> Bytes {
        var builder = ByteBuilder(capacity: pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { builder.append(piece) }
        return builder.finish()
    }

    // MARK: Figures

    private static func seconds(_ work: () async throws -> Void) async throws -> Double { try await Measurement.of(work).wallSeconds }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let result = (value * scale).rounded() / scale
        return digits == 0 ? "\(Int(result))" : "\(result)"
    }
}
