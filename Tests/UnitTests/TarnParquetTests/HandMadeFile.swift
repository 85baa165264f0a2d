import TarnBase
import TarnColumns
import TarnParquet

/// A file of one row group put together from parts, right or wrong.
struct HandMadeFile {
    /// Below the root.
    var elements: [SchemaElement]
    var rowCount: Int64
    var codec = CompressionCodec.uncompressed
    /// Of each leaf: pages as they are to lie in the file, the header in front.
    var pages: [[(header: PageHeader, body: [UInt8])]]
    var valueCount: Int64?

    static func dataPage(_ values: Int, _ encoding: Encoding, _ body: [UInt8], uncompressed: Int? = nil, definitions: Encoding = .runLength) -> (header: PageHeader, body: [UInt8]) {
        var data = DataPageHeader(valueCount: values, encoding: encoding)
        data.definitionEncoding = definitions
        return (PageHeader(.data(data), uncompressedByteCount: uncompressed ?? body.count, compressedByteCount: body.count, checksum: nil), body)
    }

    func file() throws -> MemoryFile {
        let children = elements.count
        let tree = try SchemaTree([SchemaElement("root", nil, childCount: children)] + elements)
        var output = ByteBuilder()
        output.append(utf8: "PAR1")
        var chunks: [ColumnChunk] = []
        for (leaf, pages) in zip(tree.leaves, pages) {
            var chunk = ColumnChunk(leaf.physicalType, path: leaf.path, codec: codec)
            chunk.dataPageOffset = Int64(output.count)
            for page in pages {
                output.append(page.header.encoded())
                output.append(page.body)
            }
            chunk.compressedByteCount = Int64(output.count) - chunk.dataPageOffset
            chunk.valueCount = valueCount ?? rowCount
            chunks.append(chunk)
        }
        let footer = FileMetadata(tree: tree, rowGroups: [RowGroup(columns: chunks, rowCount: rowCount)]).encoded()
        output.append(footer)
        output.append(littleEndian: UInt32(footer.count))
        output.append(utf8: "PAR1")
        return MemoryFile(output.finish())
    }
}
