import TarnBase

/// What a ``ColumnChunk`` is seldom asked for: as values, or still in the footer's bytes, which all chunks of a file share.
final class ChunkDetails: Sendable {
    /// nil when they are in the footer's bytes.
    let values: Values?
    /// Found sound when the footer was opened.
    let bytes: Bytes
    /// Where in the footer they begin.
    private let start: Int

    init(_ values: Values) {
        self.values = values
        bytes = Bytes()
        start = 0
    }

    init(in bytes: Bytes, start: Int = 0) {
        values = nil
        self.bytes = bytes
        self.start = start
    }

    /// The same details in a buffer of their own, which has no more of the footer than the range.
    func detached(_ range: Range<Int>) -> ChunkDetails {
        guard values == nil else { return self }
        return ChunkDetails(in: bytes[(range.lowerBound - start)..<(range.upperBound - start)].compacted(), start: range.lowerBound)
    }

    struct Values: Sendable {
        /// Set when the pages lie in another file.
        var filePath: String?
        var encodings: [Encoding] = []
        /// Names from below the root down to the leaf.
        var path: [String]
        var keyValueMetadata: [KeyValue] = []
        var statistics: Statistics?
        var encodingStatistics: [PageEncodingStatistics] = []
        var sizeStatistics: SizeStatistics?
    }

    /// Of the values of the fields, in the footer; 0 for those that it does not have.
    struct Positions: Sendable {
        var filePath: UInt32 = 0
        var encodings: UInt32 = 0
        var path: UInt32 = 0
        var keyValueMetadata: UInt32 = 0
        var statistics: UInt32 = 0
        var encodingStatistics: UInt32 = 0
        var sizeStatistics: UInt32 = 0
    }

    /// Decodes what lies at a position; nil for nothing. The same bytes were passed over by the same code when the footer was
    /// opened, so that they decode; if not, the value is as good as not told.
    @inline(__always)
    func decoded<Value>(_ position: UInt32, _ decode: (inout CompactReader) throws(ParquetError) -> Value) -> Value? {
        guard position > 0 else { return nil }
        return try? CompactReader.read(bytes, from: Int(position) - start, maximumDepth: .max) { (reader) throws(ParquetError) in
            try decode(&reader)
        }
    }
}

extension ColumnChunk {
    /// Set when the pages lie in another file.
    package var filePath: String? {
        get { details.values?.filePath ?? details.decoded(positions.filePath) { (reader) throws(ParquetError) in try reader.readString() } }
        set { change { $0.filePath = newValue } }
    }

    package var encodings: [Encoding] {
        get {
            details.values?.encodings ?? details.decoded(positions.encodings) { (reader) throws(ParquetError) in
                try reader.readList(.list, of: .int32) { (reader) throws(ParquetError) in Encoding(rawValue: try reader.readInt32()) }
            } ?? []
        }
        set { change { $0.encodings = newValue } }
    }

    /// Names from below the root down to the leaf.
    package var path: [String] {
        get {
            details.values?.path ?? details.decoded(positions.path) { (reader) throws(ParquetError) in
                try reader.readList(.list, of: .binary) { (reader) throws(ParquetError) in try reader.readString() }
            } ?? []
        }
        set { change { $0.path = newValue } }
    }

    package var keyValueMetadata: [KeyValue] {
        get {
            details.values?.keyValueMetadata ?? details.decoded(positions.keyValueMetadata) { (reader) throws(ParquetError) in
                try KeyValue.readList(&reader, .list)
            } ?? []
        }
        set { change { $0.keyValueMetadata = newValue } }
    }

    /// Decoded anew each time, when the chunk comes from a footer.
    package var statistics: Statistics? {
        get {
            if let own = details.values { return own.statistics }
            return details.decoded(positions.statistics) { (reader) throws(ParquetError) in try Statistics(reading: &reader, in: details.bytes) }
        }
        set { change { $0.statistics = newValue } }
    }

    package var encodingStatistics: [PageEncodingStatistics] {
        get {
            details.values?.encodingStatistics ?? details.decoded(positions.encodingStatistics) { (reader) throws(ParquetError) in
                try reader.readList(.list, of: .structure) { (reader) throws(ParquetError) in try PageEncodingStatistics(reading: &reader) }
            } ?? []
        }
        set { change { $0.encodingStatistics = newValue } }
    }

    package var sizeStatistics: SizeStatistics? {
        get {
            if let own = details.values { return own.sizeStatistics }
            return details.decoded(positions.sizeStatistics) { (reader) throws(ParquetError) in try SizeStatistics(reading: &reader) }
        }
        set { change { $0.sizeStatistics = newValue } }
    }

    var detailValues: ChunkDetails.Values {
        details.values ?? ChunkDetails.Values(
            filePath: filePath, encodings: encodings, path: path, keyValueMetadata: keyValueMetadata, statistics: statistics,
            encodingStatistics: encodingStatistics, sizeStatistics: sizeStatistics)
    }

    private mutating func change(_ body: (inout ChunkDetails.Values) -> Void) {
        var values = detailValues
        body(&values)
        details = ChunkDetails(values)
    }
}

extension CompactReader.FieldHeader {
    /// Of a list whose field was passed before.
    fileprivate static let list = CompactReader.FieldHeader(key: 0x09)
}
