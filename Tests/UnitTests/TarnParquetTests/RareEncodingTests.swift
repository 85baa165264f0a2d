import TarnBase
import TarnColumns
import TarnParquet
import Testing

/// What writers of today do not write, and what nobody can read.
@Suite struct RareEncodingTests {
    private let optional = SchemaElement("n", .optional, .int32)

    private func plain(_ values: [Int32]) -> [UInt8] { values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } } }

    @Test func `levels in the deprecated BIT_PACKED encoding are read, highest bit first`() throws {
        // 1 0 1 1 0 0 0 0 | 1 1, as bits from the top.
        let page = HandMadeFile.dataPage(10, .plain, [0b1011_0000, 0b1100_0000] + plain([1, 2, 3, 4, 5]), definitions: .bitPacked)
        var file = try HandMadeFile(elements: [optional], rowCount: 10, pages: [[page]]).file()
        #expect(try file.rows() == ["(1)", "(null)", "(2)", "(3)", "(null)", "(null)", "(null)", "(null)", "(4)", "(5)"])
    }

    @Test func `BIT_PACKED levels of more than one bit come back in order`() throws {
        let group = SchemaElement("s", .optional, childCount: 1)
        // Two levels to a value: 2 1 0 2, two bits each.
        let page = HandMadeFile.dataPage(4, .plain, [0b1001_0010] + plain([7, 8]), definitions: .bitPacked)
        let made = HandMadeFile(elements: [optional], rowCount: 4, pages: [[page]])
        let tree = try SchemaTree([SchemaElement("root", nil, childCount: 1), group, optional])
        var chunk = ColumnChunk(.int32, path: ["s", "n"], codec: .uncompressed)
        var output = ByteBuilder()
        output.append(utf8: "PAR1")
        chunk.dataPageOffset = 4
        output.append(made.pages[0][0].header.encoded())
        output.append(made.pages[0][0].body)
        chunk.compressedByteCount = Int64(output.count) - 4
        chunk.valueCount = 4
        let footer = FileMetadata(tree: tree, rowGroups: [RowGroup(columns: [chunk], rowCount: 4)]).encoded()
        output.append(footer)
        output.append(littleEndian: UInt32(footer.count))
        output.append(utf8: "PAR1")
        var file = MemoryFile(output.finish())
        #expect(try file.rows() == ["((7))", "((null))", "(null)", "((8))"])
    }

    @Test func `too few BIT_PACKED levels are refused`() throws {
        var file = try HandMadeFile(elements: [optional], rowCount: 100, pages: [[HandMadeFile.dataPage(100, .plain, [0xFF, 0xFF], definitions: .bitPacked)]]).file()
        #expect { try file.rows() } throws: { ($0 as? ParquetError)?.kind == .truncated }
    }

    @Test(arguments: [(CompressionCodec(rawValue: 3), "LZO"), (CompressionCodec(rawValue: 4), "BROTLI"), (CompressionCodec(rawValue: 42), "codec 42")])
    func `a codec that is not read is refused by name and column`(codec: CompressionCodec, name: String) throws {
        var file = try HandMadeFile(elements: [optional], rowCount: 1, codec: codec, pages: [[HandMadeFile.dataPage(1, .plain, [0])]]).file()
        let error = #expect(throws: ParquetError.self) { try file.rows() }
        #expect(error?.kind == .unsupported && error?.message.contains(name) == true && error?.column == "n")
    }

    @Test func `an encoding that is not known is refused by name and column, where it is read`() throws {
        let wrong = HandMadeFile.dataPage(1, Encoding(rawValue: 23), [1, 2, 3, 4])
        var file = try HandMadeFile(
            elements: [SchemaElement("a", .required, .int32), SchemaElement("b", .required, .int32)], rowCount: 1, pages: [[wrong], [HandMadeFile.dataPage(1, .plain, plain([5]))]]
        ).file()
        let error = #expect(throws: ParquetError.self) { try file.rows() }
        #expect(error?.kind == .unsupported && error?.message.contains("encoding 23") == true && error?.column == "a")
        #expect(try file.rows(columns: [1]) == ["(5)"])
    }

    @Test(arguments: [CompressionCodec.uncompressed, .snappy, .gzip, .zstd, .lz4, .lz4Raw])
    func `a claim of sizes that cannot be is refused before memory is taken`(codec: CompressionCodec) throws {
        func error(_ size: Int) throws -> ParquetError? {
            var file = try HandMadeFile(elements: [optional], rowCount: 1, codec: codec, pages: [[HandMadeFile.dataPage(1, .plain, [9, 9, 9, 9, 9, 9], uncompressed: size)]]).file()
            #expect(file.bytes.count < 200)
            return #expect(throws: ParquetError.self) { try file.rows() }
        }
        #expect(try error(Int(Int32.max))?.kind == .limit)
        #expect(try error(300 << 20)?.message.contains("the declared \(300 << 20) bytes") == true || codec == .uncompressed)
        // As many values as a header can claim.
        for values in [Int(Int32.max), 1 << 28] {
            var file = try HandMadeFile(
                elements: [optional], rowCount: Int64(values), pages: [[HandMadeFile.dataPage(values, .plain, [2, 0, 0, 0, 4, 1, 1, 0, 0, 0])]]
            ).file()
            #expect(throws: ParquetError.self) { try file.rows() }
        }
    }
}
