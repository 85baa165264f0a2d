import TarnBase

/// A page before compression.
struct RawPage {
    /// What its header says; of version 2 with the sizes of the levels, which stand in front.
    let content: PageHeader.Content
    let bytes: Bytes
    let usesLesserLevel: Bool
}

/// A page as it goes into the file, header included.
struct EncodedPage {
    let bytes: Bytes
    let headerByteCount: Int
    /// Of the page without header, before compression.
    let uncompressedByteCount: Int

    /// Of the page without header.
    var compressedByteCount: Int { bytes.count - headerByteCount }
}

/// Compresses pages and puts their headers in front, with buffers and a codec's context that are used again. One a task.
final class PageEncoder {
    private let compressor: Compressor
    /// The codec with the least effort; nil where that is what it is used with.
    private let lesser: Compressor?
    private let writesChecksums: Bool
    private var raw = ByteBuilder()
    private var compressed = ByteBuilder()
    /// Buffers that one unusual page made larger than this are not kept.
    private static let keptCapacity = 8 << 20

    init(codec: Codec, writesChecksums: Bool) {
        compressor = Compressor(codec)
        if case .zstd(let level) = codec, level > 1 { lesser = Compressor(.zstd(level: 1)) } else { lesser = nil }
        self.writesChecksums = writesChecksums
    }

    /// The page of what `fill` appends; `fill` also says what its header says.
    ///
    /// - Parameter expected: About how many bytes `fill` appends.
    ///
    /// Specification: Parquet, `parquet.thrift`, `PageHeader`.
    func encode(
        column: String, expected: Int, _ level: inout LevelChoice, _ fill: (inout ByteBuilder) -> PageHeader.Content
    ) throws(ParquetError) -> EncodedPage {
        if compressor.codec == .none { return try encodeInPlace(column: column, expected: expected, fill) }
        raw.removeAll()
        let content = fill(&raw)
        defer { trim() }
        return try raw.withUnsafeBytes { (raw) throws(ParquetError) in
            settle(&level, raw)
            return try encode(content, raw, column: column, usesLesserLevel: level.usesLesser)
        }
    }

    func encode(_ page: RawPage, column: String) throws(ParquetError) -> EncodedPage {
        defer { trim() }
        return try page.bytes.withUnsafeBytes { (raw) throws(ParquetError) in
            try encode(page.content, raw, column: column, usesLesserLevel: page.usesLesserLevel)
        }
    }

    /// Decides on the level from the first page that is large enough to tell.
    func settle(_ level: inout LevelChoice, _ raw: UnsafeRawBufferPointer) {
        guard let lesser, !level.isSettled, raw.count >= LevelChoice.sampleByteCount else { return }
        let sample = UnsafeRawBufferPointer(rebasing: raw[..<LevelChoice.sampleByteCount])
        func size(_ compressor: Compressor) -> Int {
            compressed.removeAll()
            compressor.compress(sample, appendingTo: &compressed)
            return compressed.count
        }
        level.settle(size(lesser), size(compressor))
    }

    /// Without compression: the page is put together where it stays, behind room for its header.
    private func encodeInPlace(
        column: String, expected: Int, _ fill: (inout ByteBuilder) -> PageHeader.Content
    ) throws(ParquetError) -> EncodedPage {
        let room = 256
        var output = ByteBuilder(capacity: room + expected + 4096)
        output.append(upTo: room) { target in
            target.initializeMemory(as: UInt8.self, repeating: 0)
            return room
        }
        let content = fill(&output)
        let count = output.count - room
        let header = try output.withUnsafeBytes { (all) throws(ParquetError) in
            try self.header(content, column: column, uncompressed: count, UnsafeRawBufferPointer(rebasing: all[room...]))
        }
        precondition(header.count <= room)
        for (index, byte) in header.array.enumerated() { output.overwrite(at: room - header.count + index, littleEndian: byte) }
        let page = output.finish()
        return EncodedPage(bytes: page[(room - header.count)..<page.count], headerByteCount: header.count, uncompressedByteCount: count)
    }

    private func encode(
        _ content: PageHeader.Content, _ raw: UnsafeRawBufferPointer, column: String, usesLesserLevel: Bool
    ) throws(ParquetError) -> EncodedPage {
        var content = content
        let compressor = usesLesserLevel ? lesser ?? compressor : compressor
        compressed.removeAll()
        if case .dataV2(var header) = content {
            let levels = header.definitionByteCount + header.repetitionByteCount
            compressed.append(UnsafeRawBufferPointer(rebasing: raw[..<levels]))
            compressor.compress(UnsafeRawBufferPointer(rebasing: raw[levels...]), appendingTo: &compressed)
            header.isCompressed = compressed.count < raw.count
            if !header.isCompressed {
                compressed.removeAll()
                compressed.append(raw)
            }
            content = .dataV2(header)
        } else {
            compressor.compress(raw, appendingTo: &compressed)
        }
        let header = try compressed.withUnsafeBytes { (page) throws(ParquetError) in
            try self.header(content, column: column, uncompressed: raw.count, page)
        }
        let count = header.count + compressed.count
        let bytes = Bytes(unsafeUninitializedCapacity: count) { target in
            header.withUnsafeBytes { target.copyMemory(from: $0) }
            compressed.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[header.count...]).copyMemory(from: $0) }
            return count
        }
        return EncodedPage(bytes: bytes, headerByteCount: header.count, uncompressedByteCount: raw.count)
    }

    private func header(
        _ content: PageHeader.Content, column: String, uncompressed: Int, _ page: UnsafeRawBufferPointer
    ) throws(ParquetError) -> Bytes {
        guard uncompressed <= Int32.max, page.count <= Int32.max - 1024 else {
            throw .unsupported("a page of \(uncompressed) bytes", column: column)
        }
        var content = content
        if case .dataV2(var data) = content, compressor.codec == .none {
            data.isCompressed = false
            content = .dataV2(data)
        }
        return PageHeader(
            content, uncompressedByteCount: uncompressed, compressedByteCount: page.count,
            checksum: writesChecksums ? CRC32.checksum(of: page) : nil
        ).encoded()
    }

    /// How many bytes what `fill` appends would take when compressed, header not counted.
    func compressedByteCount(_ fill: (inout ByteBuilder) -> Void) -> Int {
        raw.removeAll()
        compressed.removeAll()
        fill(&raw)
        defer { trim() }
        raw.withUnsafeBytes { compressor.compress($0, appendingTo: &compressed) }
        return compressed.count
    }

    private func trim() {
        if raw.capacity > PageEncoder.keptCapacity { raw = ByteBuilder() }
        if compressed.capacity > PageEncoder.keptCapacity { compressed = ByteBuilder() }
    }
}
