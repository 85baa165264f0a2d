import TarnBase
import TarnColumns
import TarnParquet

/// A file around one page (and a dictionary), so that damage is the decoder's and not the footer's. A second column, which is in
/// order, lets filters pass every third row: of the page some values are read, and others passed over.
///
///     input := type, encoding, codec, version and nesting, value count, dictionary length, dictionary, page
enum PageFile {
    private static let encodings: [Encoding] = [
        .plain, .plainDictionary, .runLength, .deltaBinaryPacked, .deltaLengthByteArray, .deltaByteArray, .runLengthDictionary, .byteStreamSplit,
    ]
    private static let codecs: [CompressionCodec] = [.uncompressed, .uncompressed, .uncompressed, .snappy, .gzip, .zstd, .lz4, .lz4Raw]
    private static let leaves: [(PhysicalType, Int32?, LogicalType?)] = [
        (.boolean, nil, nil), (.int32, nil, nil), (.int64, nil, nil), (.int96, nil, nil), (.float, nil, nil), (.double, nil, nil),
        (.byteArray, nil, nil), (.byteArray, nil, .string), (.fixedLengthByteArray, 5, nil), (.fixedLengthByteArray, 2, .float16),
        (.fixedLengthByteArray, 9, .decimal(precision: 20, scale: 2)), (.byteArray, nil, .decimal(precision: 30, scale: 3)),
        (.int32, nil, .decimal(precision: 9, scale: 2)), (.int64, nil, .integer(bitWidth: 64, isSigned: false)), (.int32, nil, .time(.milliseconds, isAdjustedToUTC: true)),
    ]

    static func read(_ input: Bytes) {
        guard input.count > 6 else { return }
        let (type, length, logical) = leaves[Int(input[0]) % leaves.count]
        let encoding = encodings[Int(input[1]) % encodings.count]
        let (version, nesting, levels) = (input[3] & 1, Int(input[3] >> 1) % 4, input[3] >> 4 & 1)
        let valueCount = Int(input[4])
        let dictionary = input[6..<min(input.count, 6 + Int(input[5]))]
        let page = input[(6 + dictionary.count)..<input.count]

        let leaf = SchemaElement("v", [.required, .optional, .optional, .repeated][nesting], type, length: length, logical: logical)
        var elements = [SchemaElement("r", nil, childCount: 2)]
        if nesting == 2 { elements.append(SchemaElement("g", .optional, childCount: 1)) }
        elements.append(leaf)
        elements.append(SchemaElement("third", .required, .int32))
        guard let tree = try? SchemaTree(elements) else { return }

        var output = ByteBuilder()
        output.append(utf8: "PAR1")
        var chunk = ColumnChunk(type, path: tree.leaves[0].path, codec: codecs[Int(input[2]) % codecs.count])
        if !dictionary.isEmpty {
            let header = DictionaryPageHeader(valueCount: Int(input[5]) % 17, encoding: .plain)
            append(PageHeader(.dictionary(header), uncompressedByteCount: dictionary.count, compressedByteCount: dictionary.count, checksum: nil), dictionary, to: &output)
            chunk.dictionaryPageOffset = 4
        }
        chunk.dataPageOffset = Int64(output.count)
        let content: PageHeader.Content
        if version == 0 {
            var data = DataPageHeader(valueCount: valueCount, encoding: encoding)
            if levels == 1 { data.definitionEncoding = .bitPacked }
            content = .data(data)
        } else {
            var data = DataPageHeaderV2(
                valueCount: valueCount, nullCount: 0, rowCount: valueCount, encoding: encoding, definitionByteCount: nesting == 0 ? 0 : min(3, page.count),
                repetitionByteCount: 0)
            data.isCompressed = levels == 0
            content = .dataV2(data)
        }
        append(PageHeader(content, uncompressedByteCount: chunk.codec == .uncompressed ? page.count : 400, compressedByteCount: page.count, checksum: nil), page, to: &output)
        chunk.compressedByteCount = Int64(output.count) - 4
        chunk.valueCount = Int64(valueCount)
        let third = appendThirds(valueCount, path: tree.leaves[1].path, to: &output)
        let footer = FileMetadata(tree: tree, rowGroups: [RowGroup(columns: [chunk, third], rowCount: Int64(valueCount))]).encoded()
        output.append(footer)
        output.append(littleEndian: UInt32(footer.count))
        output.append(utf8: "PAR1")
        WholeFile.read(output.finish())
    }

    /// 750, which ``WholeFile`` filters by, in every third row.
    private static func appendThirds(_ valueCount: Int, path: [String], to output: inout ByteBuilder) -> ColumnChunk {
        var values = ByteBuilder()
        for row in 0..<valueCount { values.append(littleEndian: UInt32(row % 3 == 0 ? 750 : 0)) }
        let body = values.finish()
        var chunk = ColumnChunk(.int32, path: path, codec: .uncompressed)
        chunk.dataPageOffset = Int64(output.count)
        append(PageHeader(.data(DataPageHeader(valueCount: valueCount, encoding: .plain)), uncompressedByteCount: body.count, compressedByteCount: body.count, checksum: nil), body, to: &output)
        chunk.compressedByteCount = Int64(output.count) - chunk.dataPageOffset
        chunk.valueCount = Int64(valueCount)
        return chunk
    }

    private static func append(_ header: PageHeader, _ body: Bytes, to output: inout ByteBuilder) {
        output.append(header.encoded())
        output.append(body)
    }
}
