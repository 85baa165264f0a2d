package import TarnColumns

/// What the values of a column mean: Parquet's `LogicalType` union.
package enum LogicalType: Hashable, Sendable {
    case string, map, list, `enum`, date, json, bson, uuid, float16
    /// A column of nulls (`UNKNOWN` in the specification).
    case null
    case decimal(precision: Int32, scale: Int32)
    case time(TimeUnit, isAdjustedToUTC: Bool)
    case timestamp(TimeUnit, isAdjustedToUTC: Bool)
    case integer(bitWidth: Int8, isSigned: Bool)
    /// One that this version does not know, by its field id in the union. The column is read by its physical type.
    case other(Int16)

    init(reading reader: inout CompactReader, _ field: CompactReader.FieldHeader) throws(ParquetError) {
        var result = LogicalType.other(0)
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 5: result = try LogicalType.readDecimal(&reader, header)
            case 7: result = try LogicalType.readTime(&reader, header, LogicalType.time)
            case 8: result = try LogicalType.readTime(&reader, header, LogicalType.timestamp)
            case 10: result = try LogicalType.readInteger(&reader, header)
            default:
                result = LogicalType(withoutParameters: header.id)
                try reader.skip(header)
            }
        }
        self = result
    }

    /// The members of the union that are empty structures, by their field id.
    private static let withoutParameters: [LogicalType?] = [
        nil, .string, .map, .list, .enum, nil, .date, nil, nil, nil, nil, .null, .json, .bson, .uuid, .float16,
    ]

    private init(withoutParameters id: Int16) {
        let known = LogicalType.withoutParameters
        self = known.indices.contains(Int(id)) ? known[Int(id)] ?? .other(id) : .other(id)
    }

    private static func readDecimal(_ reader: inout CompactReader, _ field: CompactReader.FieldHeader) throws(ParquetError) -> LogicalType {
        var precision: Int32 = 0
        var scale: Int32 = 0
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: scale = try reader.readInt32(header)
            case 2: precision = try reader.readInt32(header)
            default: try reader.skip(header)
            }
        }
        return .decimal(precision: precision, scale: scale)
    }

    private static func readTime(
        _ reader: inout CompactReader, _ field: CompactReader.FieldHeader, _ make: (TimeUnit, Bool) -> LogicalType
    ) throws(ParquetError) -> LogicalType {
        var isAdjustedToUTC = false
        var unit: TimeUnit?
        let start = reader.offset
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: isAdjustedToUTC = try reader.readBool(header)
            case 2:
                var last = try reader.enterStruct(header)
                while let member = try reader.nextField(&last) {
                    unit = switch member.id { case 1: .milliseconds; case 2: .microseconds; case 3: .nanoseconds; default: nil }
                    try reader.skip(member)
                }
            default: try reader.skip(header)
            }
        }
        guard let unit else { throw .malformed("time without a known unit", at: start) }
        return make(unit, isAdjustedToUTC)
    }

    private static func readInteger(_ reader: inout CompactReader, _ field: CompactReader.FieldHeader) throws(ParquetError) -> LogicalType {
        var bitWidth: Int64 = 0
        var isSigned = true
        let start = reader.offset
        var last = try reader.enterStruct(field)
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: bitWidth = try reader.readInt64(header)
            case 2: isSigned = try reader.readBool(header)
            default: try reader.skip(header)
            }
        }
        guard let width = Int8(exactly: bitWidth), width == 8 || width == 16 || width == 32 || width == 64 else {
            throw .malformed("integer of \(bitWidth) bits", at: start)
        }
        return .integer(bitWidth: width, isSigned: isSigned)
    }

    /// Writes the union as field `id`; nothing for ``other(_:)``, whose parameters are not kept.
    package func write(_ id: Int16, to writer: inout CompactWriter) {
        if case .other = self { return }
        writer.writeStruct(id) { writer in
            switch self {
            case .decimal(let precision, let scale):
                writer.writeStruct(5) { $0.write(1, scale); $0.write(2, precision) }
            case .time(let unit, let isAdjustedToUTC): LogicalType.writeTime(7, unit, isAdjustedToUTC, &writer)
            case .timestamp(let unit, let isAdjustedToUTC): LogicalType.writeTime(8, unit, isAdjustedToUTC, &writer)
            case .integer(let bitWidth, let isSigned):
                writer.writeStruct(10) { $0.write(1, byte: bitWidth); $0.write(2, isSigned) }
            default:
                if let id = LogicalType.withoutParameters.firstIndex(of: self) { writer.writeStruct(Int16(id)) { _ in } }
            }
        }
    }

    private static func writeTime(_ id: Int16, _ unit: TimeUnit, _ isAdjustedToUTC: Bool, _ writer: inout CompactWriter) {
        writer.writeStruct(id) { writer in
            writer.write(1, isAdjustedToUTC)
            writer.writeStruct(2) { writer in
                writer.writeStruct(unit == .milliseconds ? 1 : unit == .microseconds ? 2 : 3) { _ in }
            }
        }
    }
}

/// The older annotation, which readers before Parquet 2.4 know. Raw values are those of `ConvertedType`.
package enum ConvertedType: Int32, Hashable, Sendable {
    case utf8 = 0, map, mapKeyValue, list, `enum`, decimal, date, timeMillis, timeMicros, timestampMillis, timestampMicros
    case uint8, uint16, uint32, uint64, int8, int16, int32, int64, json, bson, interval
}
