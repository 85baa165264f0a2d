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

    /// All batches, in the order of the file. So many tasks read row groups side by side.
    static func batches(of absolute: String, columns: [String]? = nil, where filter: Filter? = nil, tasks: Int = 1) async throws -> [RecordBatch] {
        let file = try await open(absolute)
        if tasks == 1 {
            var batches: [RecordBatch] = []
            for try await batch in try file.rows(of: columns, where: filter) { batches.append(batch) }
            return batches
        }
        return try await withThrowingTaskGroup(of: (Int, [RecordBatch]).self) { group in
            var rest = file.metadata.rowGroups.indices.makeIterator()
            func addNext() {
                guard let rowGroup = rest.next() else { return }
                group.addTask {
                    var batches: [RecordBatch] = []
                    for try await batch in try file.rows(of: columns, where: filter, rowGroups: [rowGroup]) { batches.append(batch) }
                    return (rowGroup, batches)
                }
            }
            for _ in 0..<tasks { addNext() }
            var found: [Int: [RecordBatch]] = [:]
            while let (rowGroup, batches) = try await group.next() {
                found[rowGroup] = batches
                addNext()
            }
            return found.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    static func write(_ batches: [RecordBatch], schema: Schema, to absolute: String, codec: Codec = .zstd(level: 3), tasks: Int = 1) async throws {
        let (store, path) = try Arguments.place(absolute)
        var options = ParquetWriteOptions()
        options.codec = codec
        let writer = try ParquetFileWriter(schema: schema, options: options)
        let upload = try await store.upload(at: path)
        // A row group goes out while the next one is made.
        var complete: [Bytes] = []
        for batch in batches {
            let ready = complete
            async let written: Void = ParquetFiles.write(ready, to: upload)
            try await writer.append(batch, tasks: tasks)
            try await written
            complete = writer.takeOutput()
        }
        try await write(complete, to: upload)
        try await write(writer.finish(tasks: tasks), to: upload)
        _ = try await upload.finish()
    }

    private static func write(_ pieces: [Bytes], to upload: any PartWriter) async throws {
        for bytes in pieces { try await upload.write(bytes) }
    }
}
