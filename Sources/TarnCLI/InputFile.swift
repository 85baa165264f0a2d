import Tarn
import TarnBase
import TarnColumns
import TarnCommandLine
import TarnIngest
import TarnStorage
import TarnTable

/// A file of rows on the command line: Parquet or NDJSON, by extension or as told; `-` is standard input.
struct InputFile {
    enum Format: String, ArgumentValue { case ndjson, parquet, csv, avro }

    let path: String
    let format: Format

    init(_ path: String, format told: Format? = nil) throws {
        self.path = path
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let byExtension: [String: Format] = ["json": .ndjson, "jsonl": .ndjson, "ndjson": .ndjson, "parquet": .parquet, "csv": .csv, "avro": .avro]
        guard let format = told ?? byExtension[ending] else {
            throw Failure(.usage, "the format of '\(path)' cannot be told from its name; --input-format says it")
        }
        guard format == .ndjson || format == .parquet else { throw Failure(.unsupported, "reading rows from \(format.rawValue) files does not work yet: \(path)") }
        guard path != "-" || format == .ndjson else { throw Failure(.unsupported, "Parquet cannot be read from standard input") }
        self.format = format
    }

    /// The columns of a Parquet file.
    func parquetSchema() async throws -> Schema {
        guard format == .parquet else { throw Failure(.unsupported, "the columns can be taken from Parquet files only, not from \(path)") }
        return MetaFields.removed(from: try await parquetReader().schema)
    }

    /// The rows, one batch after the other, to `body`.
    ///
    /// - Parameter schema: What NDJSON is read as; Parquet brings its own columns.
    func forEachBatch(as schema: Schema, _ body: (RecordBatch) async throws -> Void) async throws {
        switch format {
        case .parquet:
            for try await chunk in try await parquetReader().rows() { try await body(chunk.batch) }
        default:
            let source: any ByteSource = path == "-" ? DescriptorSource.standardInput() : try DescriptorSource.file(path)
            for try await batch in NDJSONRows(source, as: schema, name: path) { try await body(batch) }
        }
    }

    private func parquetReader() async throws -> BaseFileReader {
        let location = try LocalFile(path)
        do {
            return try await BaseFileReader.open(location.path, in: location.store)
        } catch {
            // The store knows the file by its name alone.
            throw Failure(error).ofFile(path)
        }
    }
}
