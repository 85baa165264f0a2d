import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Puts files together without decoding what need not be.
struct CopiedFile {
    let writer: ParquetFileWriter
    private let tree: SchemaTree
    private var pieces: [Bytes] = []
    /// Columns of row groups that were copied.
    private(set) var copiedCount = 0

    init(_ schema: Schema, options: ParquetWriteOptions = ParquetWriteOptions()) throws {
        writer = try ParquetFileWriter(schema: schema, options: options)
        tree = try SchemaTree(writing: schema, rootName: options.rootName)
    }

    /// All row groups of a file; columns that are stored otherwise than here, and those that `decodes` names, by their values.
    mutating func append(_ file: MemoryFile, decodes: (_ rowGroup: Int, _ column: Int) -> Bool = { _, _ in false }) throws {
        var file = file
        let metadata = try file.metadata()
        for (number, group) in metadata.rowGroups.enumerated() {
            func isCopied(_ column: Int) -> Bool { metadata.tree.fields[column].isStored(like: tree.fields[column]) && !decodes(number, column) }
            let fields = tree.fields.indices.filter(isCopied)
            let copy = try RowGroupCopy(of: number, in: metadata, fields: fields, fileSize: Int64(file.bytes.count))
            var encoded = try copy.fields(from: file.read(copy.ranges))[...]
            let values = try file.batches(rowGroups: [number])
            let batch = values.isEmpty ? nil : RecordBatch.concatenate(values)
            copiedCount += fields.count
            let content = try tree.fields.indices.map { column in
                isCopied(column) ? RowGroupColumn.encoded(encoded.removeFirst()) : .values(try #require(batch).columns[column])
            }
            try writer.appendRowGroup(content, rowCount: Int(group.rowCount))
            pieces += writer.takeOutput()
        }
    }

    mutating func append(_ batch: RecordBatch) throws {
        try writer.append(batch)
        pieces += writer.takeOutput()
    }

    mutating func finish() throws -> MemoryFile {
        pieces += try writer.finish()
        return MemoryFile(pieces: pieces)
    }
}

extension MemoryFile {
    init(pieces: [Bytes]) {
        var whole = ByteBuilder()
        for piece in pieces { whole.append(piece) }
        self.init(whole.finish())
    }

    func write(to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
    }
}

@Suite struct CopyTests {
    /// Whether the footer says of both chunks the same, but where they lie.
    private func isSaidAlike(_ a: ColumnChunk, _ b: ColumnChunk) -> Bool {
        a.physicalType == b.physicalType && a.encodings == b.encodings && a.path == b.path && a.codec == b.codec && a.valueCount == b.valueCount
            && a.uncompressedByteCount == b.uncompressedByteCount && a.compressedByteCount == b.compressedByteCount && a.statistics == b.statistics
            && a.encodingStatistics == b.encodingStatistics && a.sizeStatistics == b.sizeStatistics
            && (a.dictionaryPageOffset == nil) == (b.dictionaryPageOffset == nil)
    }

    @Test func `random files whose columns are copied or encoded anew at random hold the same rows`() throws {
        var random = RandomColumns()
        for rows in [0, 1, 9, 300, 2500] {
            let first = RandomFile(&random, rows: rows)
            var source = MemoryFile(pieces: try first.written())
            let metadata = try source.metadata()
            var copied = try CopiedFile(first.schema, options: RandomFile.options(&random))
            // Rows before and behind: row groups of their own.
            for batch in first.batches { try copied.append(batch) }
            let share = [0, 0, 30, 100][random.int(0..<4)]
            var decoded: Set<[Int]> = []
            for group in metadata.rowGroups.indices {
                for column in first.schema.fields.indices where random.chance(share) { decoded.insert([group, column]) }
            }
            try copied.append(source) { decoded.contains([$0, $1]) }
            let end = copied.writer.metadata().rowGroups.count
            for batch in first.batches { try copied.append(batch) }
            var file = try copied.finish()
            #expect(copied.copiedCount + decoded.count == metadata.rowGroups.count * first.schema.fields.count)

            let written = try file.metadata()
            let (_, read) = try readBack([file.bytes])
            let expected = first.rows
            #expect(read == expected + expected + expected, "\(rows) rows, TARN_SEED=\(testSeed)")
            #expect(written.rowCount == Int64(3 * rows))
            for (number, (old, new)) in zip(metadata.rowGroups, written.rowGroups[(end - metadata.rowGroups.count)...]).enumerated() {
                #expect(old.rowCount == new.rowCount)
                for (column, field) in metadata.tree.fields.enumerated() where !decoded.contains([number, column]) {
                    let isSame = field.leaves.allSatisfy { isSaidAlike(old.columns[$0], new.columns[$0]) }
                    #expect(isSame, "row group \(number), \(field.field): described otherwise, TARN_SEED=\(testSeed)")
                }
            }
        }
    }

    @Test(arguments: ["flat-pyarrow", "int-decimals-v2-pyarrow", "nested-pyarrow", "nested-v2-pyarrow", "dictionary-falls-back-pyarrow", "duckdb", "polars", "old-list-structure"])
    func `files of other engines are copied twice, or decoded where they are stored otherwise`(name: String) throws {
        var source = try MemoryFile.fixture(name)
        let rows = try source.rows()
        let schema = try source.metadata().schema
        var once = try CopiedFile(schema)
        try once.append(source)
        var file = try once.finish()
        #expect(try file.rows() == rows)
        var twice = try CopiedFile(schema)
        try twice.append(file)
        try twice.append(file)
        var both = try twice.finish()
        #expect(try both.rows() == rows + rows)
        // All that was written here is stored as it would be written, so that nothing is decoded.
        let metadata = try file.metadata()
        #expect(twice.copiedCount == 2 * metadata.rowGroups.count * schema.fields.count)
        if name != "old-list-structure" { #expect(once.copiedCount > 0) }
    }

    @Test func `pyarrow and DuckDB read copies of their files, with the same statistics, indexes and filters`() throws {
        let folder = try TemporaryFolder()
        try Python.run("copy_parquet.py", ["make", folder.path])
        for name in ["v1-snappy", "v2-zstd", "v2-none-no-index", "deltas", "falls-back", "no-statistics", "duckdb"] {
            var copies: [MemoryFile] = []
            // The second copy is made of the first: offsets that were wrong once would be found now.
            for round in 0..<2 {
                var sources = try ["a", "b"].map { MemoryFile(try Bytes(contentsOf: "\(folder.path)/\(name)-\($0).parquet")) }
                if round == 1 { sources = copies }
                var copied = try CopiedFile(try sources[0].metadata().schema)
                var groups = 0
                for index in sources.indices {
                    groups += try sources[index].metadata().rowGroups.count
                    try copied.append(sources[index]) { $1 == 0 }
                }
                copies = [try copied.finish()]
                let fields = copied.writer.schema.fields.count - 1
                #expect(copied.copiedCount == groups * fields, "\(name): \(copied.copiedCount) of \(groups * fields)")
            }
            try write(copies[0], named: name, replacing: 0, in: folder)
        }
        print(try Python.run("copy_parquet.py", ["check", folder.path]))
    }

    /// The file with `new` in one column.
    private func write(_ file: MemoryFile, named name: String, replacing column: Int, in folder: TemporaryFolder) throws {
        var file = file
        let metadata = try file.metadata()
        let writer = try ParquetFileWriter(schema: metadata.schema)
        for (number, group) in metadata.rowGroups.enumerated() {
            let fields = metadata.schema.fields.indices.filter { $0 != column }
            let copy = try RowGroupCopy(of: number, in: metadata, fields: fields, fileSize: Int64(file.bytes.count))
            var content = try copy.fields(from: file.read(copy.ranges)).map { RowGroupColumn.encoded($0) }
            content.insert(.values(.constant("new", count: Int(group.rowCount))), at: column)
            try writer.appendRowGroup(content, rowCount: Int(group.rowCount))
        }
        try MemoryFile(pieces: try writer.finish()).write(to: "\(folder.path)/\(name).parquet")
    }

    // MARK: What may not be copied

    private static func file(_ schema: Schema, _ column: Column) throws -> MemoryFile {
        let writer = try ParquetFileWriter(schema: schema)
        try writer.append(RecordBatch(schema: schema, columns: [column], rowCount: column.count))
        return MemoryFile(pieces: try writer.finish())
    }

    @Test func `a column that is stored otherwise than the file says is refused by name`() throws {
        var source = try Self.file([Field("a", .int32, nullable: false)], Column(int32: [1, 2, 3]))
        let metadata = try source.metadata()
        let copy = try RowGroupCopy(of: 0, in: metadata, fileSize: Int64(source.bytes.count))
        let fields = try copy.fields(from: source.read(copy.ranges))
        let others: [Schema] = [
            [Field("a", .int32)], [Field("b", .int32, nullable: false)], [Field("a", .int64, nullable: false)], [Field("a", .date, nullable: false)],
            [Field("a", .list(.int32))], [Field("a", .struct([Field("a", .int32, nullable: false)]), nullable: false)],
        ]
        for schema in others {
            let writer = try ParquetFileWriter(schema: schema)
            #expect { try writer.appendRowGroup([.encoded(fields[0])], rowCount: 3) } throws: { error in
                guard let error = error as? ParquetError else { return false }
                return error.kind == .unsupported && error.column == schema.fields[0].name
            }
        }
        #expect { try ParquetFileWriter(schema: metadata.schema).appendRowGroup([.encoded(fields[0])], rowCount: 4) } throws: {
            ($0 as? ParquetError)?.kind == .malformed
        }
        try ParquetFileWriter(schema: metadata.schema).appendRowGroup([.encoded(fields[0])], rowCount: 3)
    }

    @Test func `a chunk, an index or a filter outside the file is a typed error with column and offset`() throws {
        var file = try MemoryFile.fixture("flat-pyarrow")
        let size = Int64(file.bytes.count)
        let sound = try file.metadata()
        func refusal(_ change: (inout ColumnChunk) -> Void) throws -> ParquetError? {
            var metadata = sound
            change(&metadata.rowGroups[0].columns[1])
            do {
                let copy = try RowGroupCopy(of: 0, in: metadata, fileSize: size)
                _ = try copy.fields(from: file.read(copy.ranges))
                return nil
            } catch {
                return error
            }
        }
        let name = sound.tree.leaves[1].name
        for offset in [size - 10, size, 1 << 40, .max, .max - 5] {
            let found = try [
                refusal { ($0.dataPageOffset, $0.dictionaryPageOffset) = (offset, nil) },
                refusal { ($0.bloomFilterOffset, $0.bloomFilterByteCount) = (offset, 64) },
                refusal { ($0.columnIndexOffset, $0.columnIndexByteCount) = (offset, 64) },
                refusal { ($0.offsetIndexOffset, $0.offsetIndexByteCount) = (offset, 64) },
            ]
            for error in found { #expect(error?.kind == .malformed && error?.column == name && error?.offset == offset, "\(offset): \(String(describing: error))") }
        }
        for count in [0, -1, Int64.max] {
            #expect(try refusal { $0.compressedByteCount = count }?.kind == .malformed)
            #expect(try refusal { ($0.offsetIndexOffset, $0.offsetIndexByteCount) = (size - 8, Int32(truncatingIfNeeded: count)) }?.kind == .malformed)
        }
        #expect(try refusal { $0.valueCount += 1 }?.kind == .malformed)
        #expect(try refusal { $0.compressedByteCount -= 1 }?.kind == .malformed)
        #expect(try refusal { $0.compressedByteCount += 1 }?.kind == .unsupported)
        #expect(try refusal { $0.isEncrypted = true }?.kind == .unsupported)
        #expect(try refusal { $0.filePath = "elsewhere" }?.kind == .unsupported)
        #expect(try refusal { $0.codec = CompressionCodec(rawValue: 4) }?.kind == .unsupported)
        #expect(try refusal { _ in } == nil)
    }

    @Test(arguments: ["flat-pyarrow", "nested-v2-pyarrow"])
    func `a file with any byte changed is refused, or copied as it would be read`(name: String) throws {
        let original = try MemoryFile.fixture(name)
        var sound = original
        let schema = try sound.metadata().schema
        try withSeed { random, seed in
            for index in original.bytes.array.indices {
                var damaged = original.bytes.array
                damaged[index] ^= UInt8.random(in: 1...255, using: &random)
                var file = MemoryFile(Bytes(damaged))
                do {
                    guard try file.metadata().schema == schema else { continue }
                    var copied = try CopiedFile(schema)
                    try copied.append(file)
                    var copy = try copied.finish()
                    let rows = try copy.rows()
                    #expect(try file.rows() == rows, "byte \(index), TARN_SEED=\(seed)")
                } catch is ParquetError {}
            }
        }
    }

    @Test func `bounds whose order a file does not tell are not passed on`() throws {
        var file = try Self.file([Field("a", .int32, nullable: false)], Column(int32: [1, 2, 3]))
        var metadata = try file.metadata()
        #expect(!metadata.columnOrders.isEmpty && metadata.rowGroups[0].columns[0].statistics?.minimum != nil)
        metadata.columnOrders = []
        let copy = try RowGroupCopy(of: 0, in: metadata, fileSize: Int64(file.bytes.count))
        for field in try copy.fields(from: file.read(copy.ranges)) {
            for chunk in field.chunks {
                #expect(chunk.metadata.statistics?.minimum == nil && chunk.metadata.statistics?.maximum == nil && chunk.columnIndex == nil)
                #expect(chunk.metadata.statistics?.nullCount == metadata.rowGroups[0].columns[chunk.leaf.index].statistics?.nullCount)
            }
        }
    }
}
