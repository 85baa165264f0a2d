import TarnBase

/// A data page, decompressed, with decoders that stand at its next levels and values.
struct DataPage {
    /// Of its header, in the file.
    let offset: Int64
    /// Levels, or values where there are no levels, that nobody has decoded yet.
    var levelsLeft: Int
    /// Levels that were decoded ahead of their values.
    var levelsAhead = 0
    /// Rows whose first level was decoded, and how many there should be by the offset index; only where something repeats.
    var rowsBegun = 0
    var expectedRows: Int?
    var repetition: RunLengthDecoder?
    var definition: RunLengthDecoder?
    var values: ValueDecoder
    /// Values that come before those wanted next: they are passed over together with the next ones that are read.
    var valuesPassedOver = 0
    /// What the page occupies while it is open.
    let byteCount: Int

    /// Opens a page of version 1 or 2; nil for other kinds.
    init?(
        _ header: PageHeader, body: Bytes, offset: Int64, leaf: LeafColumn, decompressor: PageDecompressor, limits: ReadLimits
    ) throws(ParquetError) {
        switch header.content {
        case .data(let data):
            let page = try decompressor.page(body, to: header.uncompressedByteCount)
            var rest = page[0..<page.count]
            let repetition = try Self.levels(&rest, maximum: leaf.maximumRepetitionLevel, data.repetitionEncoding, count: data.valueCount)
            let definition = try Self.levels(&rest, maximum: leaf.maximumDefinitionLevel, data.definitionEncoding, count: data.valueCount)
            try self.init(offset, data.valueCount, repetition, definition, rest, data.encoding, leaf, limits)
        case .dataV2(let data):
            let levelBytes = data.repetitionByteCount + data.definitionByteCount
            guard levelBytes <= body.count, levelBytes <= header.uncompressedByteCount else {
                throw .malformed("levels of \(levelBytes) bytes in a page of \(body.count)")
            }
            let repetition = body[0..<data.repetitionByteCount]
            let definition = body[data.repetitionByteCount..<levelBytes]
            let stored = body[levelBytes..<body.count]
            let valueBytes = header.uncompressedByteCount - levelBytes
            let values = data.isCompressed ? try decompressor.page(stored, to: valueBytes) : decompressor.uncompressed(stored)
            try self.init(
                offset, data.valueCount, Self.levels(repetition, maximum: leaf.maximumRepetitionLevel),
                Self.levels(definition, maximum: leaf.maximumDefinitionLevel), values, data.encoding, leaf, limits)
        case .dictionary, .other: return nil
        }
    }

    private init(
        _ offset: Int64, _ valueCount: Int, _ repetition: RunLengthDecoder?, _ definition: RunLengthDecoder?, _ values: Bytes,
        _ encoding: Encoding, _ leaf: LeafColumn, _ limits: ReadLimits
    ) throws(ParquetError) {
        guard valueCount <= limits.valuesPerPage else { throw .limit("page of \(valueCount) values") }
        self.offset = offset
        self.repetition = repetition
        self.definition = definition
        levelsLeft = valueCount
        byteCount = values.retainedByteCount
        self.values = try ValueDecoder(values, encoding: encoding, leaf: leaf, limits: limits)
    }

    /// Takes the levels off the front of a page of version 1, where they stand behind their length in 4 bytes.
    private static func levels(_ rest: inout Bytes, maximum: Int, _ encoding: Encoding, count: Int) throws(ParquetError) -> RunLengthDecoder? {
        guard maximum > 0 else { return nil }
        if encoding == .bitPacked { return try bitPackedLevels(&rest, maximum: maximum, count: count) }
        guard encoding == .runLength else { throw .unsupported("levels in \(encoding)") }
        guard rest.count >= 4 else { throw .truncated("length of the levels") }
        let length = Int(rest.unsafePointer.loadUnaligned(as: UInt32.self))
        guard length <= rest.count - 4 else { throw .truncated("levels of \(length) bytes") }
        defer { rest = rest[(4 + length)..<rest.count] }
        return levels(rest[4..<(4 + length)], maximum: maximum)
    }

    private static func levels(_ bytes: Bytes, maximum: Int) -> RunLengthDecoder? {
        maximum > 0 ? RunLengthDecoder(bytes, bitWidth: bitWidth(maximum)) : nil
    }

    private static func bitWidth(_ maximum: Int) -> Int { Int.bitWidth - maximum.leadingZeroBitCount }

    /// The same in the deprecated encoding without length or runs.
    private static func bitPackedLevels(_ rest: inout Bytes, maximum: Int, count: Int) throws(ParquetError) -> RunLengthDecoder {
        let width = bitWidth(maximum)
        guard count <= rest.count * 8 / width else { throw .truncated("\(count) bit-packed levels") }
        let byteCount = (count * width + 7) / 8
        defer { rest = rest[byteCount..<rest.count] }
        return RunLengthDecoder(BitPackedLevels.runs(rest[0..<byteCount], width: width, count: count), bitWidth: width)
    }
}
