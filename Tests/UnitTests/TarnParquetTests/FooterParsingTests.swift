import Glibc
import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Footers are passed over once, and their details decoded when they are asked for.
struct FooterParsingTests {
    @Test func `random footers come back with everything in them, to the byte`() throws {
        try withSeed { random, seed in
            var footers = RandomFooters(random: random)
            for _ in 0..<100 {
                let metadata = try footers.next()
                let bytes = metadata.encoded()
                let decoded = try FileMetadata(decoding: bytes)
                #expect(decoded.encoded() == bytes, "TARN_SEED=\(seed)")
                #expect(decoded.rowGroups == metadata.rowGroups && decoded.tree == metadata.tree, "TARN_SEED=\(seed)")
                #expect(decoded.keyValueMetadata == metadata.keyValueMetadata && decoded.createdBy == metadata.createdBy, "TARN_SEED=\(seed)")
                #expect(decoded.columnOrders == metadata.columnOrders && decoded.version == metadata.version, "TARN_SEED=\(seed)")
                for (found, made) in zip(decoded.rowGroups.flatMap(\.columns), metadata.rowGroups.flatMap(\.columns)) {
                    #expect(details(found) == details(made), "TARN_SEED=\(seed)")
                }
            }
        }
    }

    private func details(_ chunk: ColumnChunk) -> [AnyHashable] {
        [
            chunk.path, chunk.encodings, chunk.keyValueMetadata, chunk.statistics, chunk.encodingStatistics, chunk.sizeStatistics, chunk.filePath,
            chunk.indexPageOffset, chunk.dictionaryPageOffset, chunk.bloomFilterOffset, chunk.bloomFilterByteCount, chunk.fileOffset,
            chunk.offsetIndexOffset, chunk.offsetIndexByteCount, chunk.columnIndexOffset, chunk.columnIndexByteCount,
        ]
    }

    @Test func `a footer cut anywhere is refused`() throws {
        try withSeed { random, seed in
            var footers = RandomFooters(random: random)
            for _ in 0..<8 {
                let bytes = try footers.next().encoded()
                for length in sample(bytes.count, &random) {
                    #expect(throws: ParquetError.self, "length \(length), TARN_SEED=\(seed)") {
                        try FileMetadata(decoding: bytes[0..<length].compacted())
                    }
                }
            }
        }
    }

    @Test func `a footer with any byte changed is refused at its offset, or has details that can be asked for`() throws {
        try withSeed { random, seed in
            var footers = RandomFooters(random: random)
            for _ in 0..<8 {
                let original = try footers.next().encoded().array
                for index in sample(original.count, &random) {
                    var damaged = original
                    damaged[index] ^= UInt8.random(in: 1...255, using: &random)
                    guard let metadata = decode(damaged, "byte \(index), TARN_SEED=\(seed)") else { continue }
                    for chunk in metadata.rowGroups.flatMap(\.columns) { _ = details(chunk) }
                    let again = metadata.encoded()
                    #expect((try? FileMetadata(decoding: again))?.encoded() == again || isUnwritten(metadata), "byte \(index), TARN_SEED=\(seed)")
                }
            }
        }
    }

    /// All in the slow tests; else as many as a second or two allow.
    private func sample(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        getenv("TARN_SLOW") != nil ? Array(0..<count) : (0..<min(count, 200)).map { _ in Int.random(in: 0..<count, using: &random) }
    }

    private func decode(_ bytes: [UInt8], _ comment: String) -> FileMetadata? {
        do { return try FileMetadata(decoding: Bytes(bytes)) } catch {
            #expect(error.offset.map { (0...Int64(bytes.count)).contains($0) } ?? true, "\(error) at \(comment)")
            return nil
        }
    }

    /// What Tarn never writes: encrypted columns, and logical types that it does not know.
    private func isUnwritten(_ metadata: FileMetadata) -> Bool {
        metadata.rowGroups.contains { $0.columns.contains(where: \.isEncrypted) }
            || metadata.tree.elements.contains { if case .other = $0.logicalType { true } else { false } }
    }

    @Test func `details changed in one chunk are changed in no other`() throws {
        let tree = try SchemaTree(writing: [Field("a", .int64), Field("b", .int64)], rootName: "r")
        let chunks = tree.leaves.map { leaf in
            var chunk = ColumnChunk(.int64, path: leaf.path, codec: .snappy)
            chunk.encodings = [.plain]
            chunk.statistics = Statistics()
            chunk.statistics?.nullCount = 7
            return chunk
        }
        var metadata = try FileMetadata(decoding: FileMetadata(tree: tree, rowGroups: [RowGroup(columns: chunks, rowCount: 9)]).encoded())
        metadata.rowGroups[0].columns[0].statistics?.nullCount = 8
        metadata.rowGroups[0].columns[0].encodings.append(.runLength)
        let (a, b) = (metadata.rowGroups[0].columns[0], metadata.rowGroups[0].columns[1])
        #expect(a.statistics?.nullCount == 8 && a.encodings == [.plain, .runLength] && a.path == ["a"])
        #expect(b == chunks[1])
        #expect(try FileMetadata(decoding: metadata.encoded()).rowGroups == metadata.rowGroups)
    }

    @Test func `detached metadata keeps no more of the footer than its row groups, and says the same`() throws {
        try withSeed { random, seed in
            var footers = RandomFooters(random: random)
            for _ in 0..<20 {
                var made = try footers.next()
                made.keyValueMetadata.append(KeyValue("filter", String(repeating: "x", count: 1 << 20)))
                let bytes = made.encoded()
                var detached = try FileMetadata(decoding: bytes)
                let bounds = detached.rowGroups.flatMap(\.columns).compactMap(\.statistics?.minimum)
                #expect(bounds.allSatisfy { $0.retainedByteCount >= 1 << 20 })
                detached.detach()
                detached.detach()
                #expect(detached.encoded() == bytes, "TARN_SEED=\(seed)")
                for chunk in detached.rowGroups.flatMap(\.columns) {
                    #expect((chunk.statistics?.minimum?.retainedByteCount ?? 0) < 1 << 20, "TARN_SEED=\(seed)")
                }
            }
        }
    }

    @Test func `numbers of every length come back, and cut ones are told`() throws {
        withSeed { random, seed in
            for bits in 0..<64 {
                let value = Int64(bitPattern: random.next()) >> Int64(bits)
                var writer = CompactWriter()
                writer.writeStruct { writer in
                    writer.write(1, value)
                    writer.write(2, ~value)
                }
                let bytes = writer.finish()
                func read(_ bytes: Bytes) throws(ParquetError) -> [Int64] {
                    try CompactReader.read(bytes) { (reader) throws(ParquetError) in
                        var values: [Int64] = []
                        var last = try reader.enterStruct()
                        while let field = try reader.nextField(&last) { values.append(try reader.readInt64(field)) }
                        return values
                    }
                }
                #expect((try? read(bytes)) == [value, ~value], "TARN_SEED=\(seed)")
                for length in 0..<bytes.count {
                    // The bytes behind the end are there, and not to be read.
                    #expect { try read(bytes[0..<length]) } throws: { ($0 as? ParquetError)?.kind == .truncated }
                }
            }
        }
    }

    @Test func `a name that columns share is found among thousands, in whatever Unicode form`() throws {
        func repeated(_ names: [String]) throws -> Set<String> {
            let leaves = names.map { SchemaElement($0, .optional, .int32) }
            let tree = try SchemaTree([SchemaElement("r", nil, childCount: names.count)] + leaves)
            #expect(tree.fields.count + tree.ambiguous.count == names.count)
            return Set(tree.ambiguous.values.map(\.field.name))
        }
        let names = (0..<5000).map { $0 % 2 == 0 ? "c\($0)" : "a column with a longer name, no \($0)" }
        #expect(try repeated(names).isEmpty)
        #expect(try repeated(names + ["c8"]) == ["c8"])
        #expect(try repeated(["a column with a longer name, no 17"] + names) == ["a column with a longer name, no 17"])
        #expect(try repeated(names + ["é", "e\u{301}", ""]) == ["é"])
        #expect(try repeated(["", "a", "a\0", ""]) == [""])
    }
}
