import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// Parquet files on the local disk, by absolute path.
enum ParquetFiles {
    static func open(_ absolute: String) async throws -> BaseFileReader {
        let (store, path) = try Arguments.place(absolute)
        return try await BaseFileReader.open(path, in: store)
    }

    static func batches(of absolute: String) async throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        for try await chunk in try await open(absolute).rows() { batches.append(chunk.batch) }
        return batches
    }

    static func write(_ batches: [RecordBatch], schema: Schema, to absolute: String, codec: Codec = .zstd(level: 3), tasks: Int = 1) async throws {
        let (store, path) = try Arguments.place(absolute)
        var options = ParquetWriteOptions()
        options.codec = codec
        let writer = try ParquetFileWriter(schema: schema, options: options)
        let upload = try await store.upload(at: path)
        for batch in batches {
            try await writer.append(batch, tasks: tasks)
            for bytes in writer.takeOutput() { try await upload.write(bytes) }
        }
        for bytes in try await writer.finish(tasks: tasks) { try await upload.write(bytes) }
        _ = try await upload.finish()
    }
}
