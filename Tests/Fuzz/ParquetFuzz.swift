import TarnBase
import TarnColumns
import TarnParquet

/// libFuzzer's entry for everything of TarnParquet that reads bytes. The first byte chooses the part:
///
///     0  a whole file, read whole and through filters      3  page indexes and bloom filters
///     1  a footer                                          4  a page of any encoding and type, in a file made around it
///     2  a page header                                     5  compressed data
///
/// An error thrown is a success; a trap, a hang or memory beyond the limits is what is looked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    let input = Bytes(copying: UnsafeRawBufferPointer(start: data + 1, count: count - 1))
    switch data[0] % 6 {
    case 0: WholeFile.read(input)
    case 1: if let metadata = try? FileMetadata(decoding: input) { _ = metadata.encoded() }
    case 2:
        var reader = CompactReader(input)
        if let header = try? PageHeader(reading: &reader) { _ = header.encoded() }
    case 3:
        if let index = try? ColumnIndex(decoding: input) { precondition((try? ColumnIndex(decoding: index.encoded())) == index) }
        if let index = try? OffsetIndex(decoding: input) { precondition((try? OffsetIndex(decoding: index.encoded())) == index) }
        if let filter = try? SplitBlockBloomFilter(decoding: input) { _ = filter.mayContain(hash: 42) }
    case 4: PageFile.read(input)
    default:
        let formats: [Decompressor.Format] = [.lz4, .hadoopLZ4, .snappy, .gzip, .zstd]
        guard input.count > 3 else { return 0 }
        let size = Int(input[1]) | Int(input[2]) << 8
        _ = try? Decompressor(formats[Int(input[0]) % formats.count]).decompress(input[3..<input.count], to: size)
    }
    return 0
}

enum WholeFile {
    static let options: ScanOptions = {
        var options = ScanOptions(batchRows: 100, verifyChecksums: false)
        options.limits.pageBytes = 4 << 20
        options.limits.entriesPerRow = 1 << 18
        options.limits.valuesPerPage = 1 << 20
        return options
    }()

    /// Batches after which a file is left: runs stand for very many rows in few bytes.
    static let batchLimit = 50

    static func read(_ bytes: Bytes) {
        guard let metadata = try? metadata(bytes) else { return }
        try? scan(bytes, metadata)
        for field in metadata.schema.fields {
            let literal: Filter.Literal
            switch field.type {
            case .boolean: literal = true
            case .int32, .int64: literal = 750
            case .float, .double: literal = 1.5
            case .string: literal = "text"
            case .decimal: literal = "1.25"
            default: continue
            }
            for filter: Filter in [.equal(field.name, literal), .greater(field.name, literal)] {
                guard let bound = try? BoundFilter(filter, schema: metadata.schema) else { continue }
                try? scan(bytes, metadata, bound)
            }
        }
    }

    private static func cut(_ bytes: Bytes, _ ranges: [Range<Int64>]) -> [Bytes] {
        ranges.map { range in
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "asked for what the file does not have")
            return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
        }
    }

    private static func metadata(_ bytes: Bytes) throws -> FileMetadata {
        var decoder = FooterDecoder(fileSize: Int64(bytes.count))
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(cut(bytes, ranges))
            case .done(let metadata): return metadata
            }
        }
    }

    private static func scan(_ bytes: Bytes, _ metadata: FileMetadata) throws {
        var scan = ParquetScan(metadata: metadata, options: options)
        var batches = 0
        while batches < batchLimit {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(cut(bytes, ranges))
            case .done(let batch?):
                batches += 1
                _ = NDJSONWriter(schema: batch.schema).append(batch)
            case .done(nil): return
            }
        }
    }

    private static func scan(_ bytes: Bytes, _ metadata: FileMetadata, _ filter: BoundFilter) throws {
        var scan = FilteredScan(metadata: metadata, filter: filter, options: options)
        var batches = 0
        while batches < batchLimit, scan.filteredRowCount < 10_000 {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(cut(bytes, ranges))
            case .done(let batch?): batches += batch.rowCount > 0 ? 1 : 0
            case .done(nil): return
            }
        }
    }
}

/// A file around one page (and a dictionary), so that damage is the decoder's and not the footer's.
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
        var elements = [SchemaElement("r", nil, childCount: 1)]
        if nesting == 2 { elements.append(SchemaElement("g", .optional, childCount: 1)) }
        elements.append(leaf)
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
        let footer = FileMetadata(tree: tree, rowGroups: [RowGroup(columns: [chunk], rowCount: Int64(valueCount))]).encoded()
        output.append(footer)
        output.append(littleEndian: UInt32(footer.count))
        output.append(utf8: "PAR1")
        WholeFile.read(output.finish())
    }

    private static func append(_ header: PageHeader, _ body: Bytes, to output: inout ByteBuilder) {
        output.append(header.encoded())
        output.append(body)
    }
}
