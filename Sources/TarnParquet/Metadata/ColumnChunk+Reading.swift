extension ColumnChunk {
    /// Reads a chunk into an empty one, which refers to the bytes that the reader reads: its details are looked at, passed over,
    /// and left in them.
    @inline(__always)
    mutating func read(_ outer: inout CompactReader) throws(ParquetError) {
        // A copy in a local variable stays in registers.
        var reader = outer
        var hasMetadata = false
        let start = reader.offset
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.key {
            case 0x18:
                positions.filePath = UInt32(truncatingIfNeeded: reader.offset)
                try reader.skipString()
            case 0x24, 0x25, 0x26: fileOffset = try reader.readInt64()
            case 0x3C:
                try reader.apart { (reader) throws(ParquetError) in try readMetadata(&reader) }
                hasMetadata = true
            case 0x44, 0x45, 0x46: offsetIndexOffset = try reader.readInt64()
            case 0x54, 0x55, 0x56: offsetIndexByteCount = try reader.readInt32()
            case 0x64, 0x65, 0x66: columnIndexOffset = try reader.readInt64()
            case 0x74, 0x75, 0x76: columnIndexByteCount = try reader.readInt32()
            case 0x80...0x9F:
                isEncrypted = true
                try reader.skip(field)
            default: try reader.skip(field, known: 1...7)
            }
        }
        guard hasMetadata || isEncrypted else { throw .malformed("column chunk without metadata", at: start) }
        outer = reader
    }

    private mutating func readMetadata(_ outer: inout CompactReader) throws(ParquetError) {
        var reader = outer
        defer { outer = reader }
        var last = try reader.enterStruct()
        while let field = try reader.nextField(&last) {
            switch field.key {
            case 0x14, 0x15, 0x16:
                let start = reader.offset
                guard let type = PhysicalType(rawValue: try reader.readInt32()) else { throw .malformed("unknown physical type", at: start) }
                physicalType = type
            case 0x29, 0x2A:
                positions.encodings = UInt32(truncatingIfNeeded: reader.offset)
                for _ in 0..<(try reader.enterList(field, of: .int32)) { _ = try reader.readInt32() }
            case 0x39, 0x3A:
                positions.path = UInt32(truncatingIfNeeded: reader.offset)
                for _ in 0..<(try reader.enterList(field, of: .binary)) { try reader.skipString() }
            case 0x44, 0x45, 0x46: codec = CompressionCodec(rawValue: try reader.readInt32())
            case 0x54, 0x55, 0x56: valueCount = try reader.readCount()
            case 0x64, 0x65, 0x66: uncompressedByteCount = try reader.readInt64()
            case 0x74, 0x75, 0x76: compressedByteCount = try reader.readCount()
            case 0x89, 0x8A:
                positions.keyValueMetadata = UInt32(truncatingIfNeeded: reader.offset)
                _ = try reader.apart { (reader) throws(ParquetError) in try KeyValue.readList(&reader, field) }
            case 0x94, 0x95, 0x96: dataPageOffset = try reader.readCount()
            case 0xA4, 0xA5, 0xA6: indexPageOffset = try reader.readInt64()
            case 0xB4, 0xB5, 0xB6: dictionaryPageOffset = try reader.readInt64()
            // What follows only helps; where its form is not the expected one, as in some old files, it is passed over.
            case 0xCC:
                positions.statistics = UInt32(truncatingIfNeeded: reader.offset)
                try reader.apart { (reader) throws(ParquetError) in try Statistics.skip(&reader) }
            case 0xD9:
                positions.encodingStatistics = UInt32(truncatingIfNeeded: reader.offset)
                let count = try reader.enterList(field, of: .structure)
                try reader.apart { (reader) throws(ParquetError) in for _ in 0..<count { try PageEncodingStatistics.skip(&reader) } }
            case 0xE6: bloomFilterOffset = try reader.readInt64()
            case 0xF5: bloomFilterByteCount = try reader.readInt32()
            case 0x10C:
                positions.sizeStatistics = UInt32(truncatingIfNeeded: reader.offset)
                try reader.apart { (reader) throws(ParquetError) in try SizeStatistics.skip(&reader) }
            default: try reader.skip(field, known: 1...11)
            }
        }
    }
}
