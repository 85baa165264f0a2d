import TarnBase
import TarnParquet

/// Reads one input. The first byte chooses the part:
///
///     0  a whole file, read whole and through filters      3  page indexes and bloom filters
///     1  a footer                                          4  a page of any encoding and type, in a file made around it
///     2  a page header                                     5  compressed data
///
/// An error thrown is a success; a trap, a hang or memory beyond the limits is what is looked for.
package func read(_ data: UnsafeRawBufferPointer) {
    guard data.count > 1 else { return }
    let input = Bytes(copying: UnsafeRawBufferPointer(rebasing: data[1...]))
    switch data[0] % 6 {
    case 0: WholeFile.read(input)
    case 1: readFooter(input)
    case 2:
        if let header = try? PageHeader.read(input).header { _ = header.encoded() }
    case 3:
        if let index = try? ColumnIndex(decoding: input) { precondition((try? ColumnIndex(decoding: index.encoded())) == index) }
        if let index = try? OffsetIndex(decoding: input) { precondition((try? OffsetIndex(decoding: index.encoded())) == index) }
        if let filter = try? SplitBlockBloomFilter(decoding: input) { _ = filter.mayContain(hash: 42) }
    case 4: PageFile.read(input)
    default:
        let formats: [Decompressor.Format] = [.lz4, .hadoopLZ4, .snappy, .gzip, .zstd]
        guard input.count > 3 else { return }
        let size = Int(input[1]) | Int(input[2]) << 8
        _ = try? Decompressor(formats[Int(input[0]) % formats.count]).decompress(input[3..<input.count], to: size)
    }
}

/// What is encoded of a footer decodes, and to the same; but for what Tarn never writes: logical types that it does not know,
/// and encryption.
private func readFooter(_ bytes: Bytes) {
    guard let metadata = try? FileMetadata(decoding: bytes) else { return }
    let encoded = metadata.encoded()
    for element in metadata.tree.elements { if case .other = element.logicalType { return } }
    if metadata.rowGroups.contains(where: { $0.columns.contains(where: \.isEncrypted) }) { return }
    precondition((try? FileMetadata(decoding: encoded).encoded()) == encoded, "a footer changes when it is encoded")
}
