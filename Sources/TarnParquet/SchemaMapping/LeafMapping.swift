import TarnColumns

/// What the values of a leaf are in memory, by its physical type and its annotations.
enum LeafMapping {
    /// - Parameter int96: What times stored as INT96 are counted in.
    static func type(of element: SchemaElement, int96: TimeUnit) throws(ParquetError) -> (DataType, ValueConversion) {
        guard let physical = element.physicalType else { throw .malformed("a leaf without a type") }
        if physical == .fixedLengthByteArray {
            guard let length = element.typeLength, length > 0, length <= 1 << 20 else {
                throw .malformed("fixed-length values of \(element.typeLength ?? 0) bytes")
            }
        }
        if let decimal = try decimal(element, physical) { return decimal }
        return annotated(element.logicalType ?? legacy(element.convertedType), physical) ?? plain(physical, int96)
    }

    /// Whether the format orders the values of such a leaf.
    static func isOrdered(_ element: SchemaElement) -> Bool {
        if element.physicalType == .int96 { return false }
        switch element.logicalType {
        case .other, .null: return false
        case nil: return element.convertedType != .interval
        default: return true
        }
    }

    private static func plain(_ physical: PhysicalType, _ int96: TimeUnit) -> (DataType, ValueConversion) {
        switch physical {
        case .boolean: (.boolean, .none)
        case .int32: (.int32, .none)
        case .int64: (.int64, .none)
        case .int96: (timestamp(int96), .timestampFromInt96)
        case .float: (.float, .none)
        case .double: (.double, .none)
        case .byteArray: (.binary, .none)
        case .fixedLengthByteArray: (.binary, .fixedBytes)
        }
    }

    /// nil where the annotation says nothing that matters here, or does not go with the physical type: the column is then
    /// read by its physical type, as the specification asks. So are times of day in nanoseconds, which no column type holds.
    private static func annotated(
        _ logical: LogicalType?, _ physical: PhysicalType
    ) -> (DataType, ValueConversion)? {
        switch (logical, physical) {
        case (.string, .byteArray), (.enum, .byteArray), (.json, .byteArray): return (.string, .none)
        case (.date, .int32): return (.date, .none)
        case (.timestamp(let unit, _), .int64): return (timestamp(unit), .none)
        case (.time(.milliseconds, _), .int32): return (.time, .timeFromMilliseconds)
        case (.time(.microseconds, _), .int64): return (.time, .none)
        case (.integer(32, isSigned: false), .int32): return (.int64, .unsignedToInt64)
        case (.integer(64, isSigned: false), .int64): return (.decimal(precision: 20, scale: 0), .unsignedToDecimal)
        case (.float16, .fixedLengthByteArray): return (.float, .floatFromHalf)
        default: return nil
        }
    }

    /// One box for all columns of a unit.
    private static func timestamp(_ unit: TimeUnit) -> DataType {
        switch unit {
        case .milliseconds: milliseconds
        case .microseconds: microseconds
        case .nanoseconds: nanoseconds
        }
    }

    private static let milliseconds = DataType.timestamp(.milliseconds)
    private static let microseconds = DataType.timestamp(.microseconds)
    private static let nanoseconds = DataType.timestamp(.nanoseconds)

    private static func legacy(_ converted: ConvertedType?) -> LogicalType? {
        switch converted {
        case .utf8: .string
        case .enum: .enum
        case .json: .json
        case .date: .date
        case .timeMillis: .time(.milliseconds, isAdjustedToUTC: true)
        case .timeMicros: .time(.microseconds, isAdjustedToUTC: true)
        case .timestampMillis: .timestamp(.milliseconds, isAdjustedToUTC: true)
        case .timestampMicros: .timestamp(.microseconds, isAdjustedToUTC: true)
        case .uint32: .integer(bitWidth: 32, isSigned: false)
        case .uint64: .integer(bitWidth: 64, isSigned: false)
        default: nil
        }
    }

    private static func decimal(
        _ element: SchemaElement, _ physical: PhysicalType
    ) throws(ParquetError) -> (DataType, ValueConversion)? {
        let (precision, scale): (Int32, Int32)
        if case .decimal(let logicalPrecision, let logicalScale) = element.logicalType {
            (precision, scale) = (logicalPrecision, logicalScale)
        } else if element.convertedType == .decimal, element.logicalType == nil {
            (precision, scale) = (element.precision ?? 0, element.scale ?? 0)
        } else {
            return nil
        }
        guard precision >= 1, scale >= 0, scale <= precision else { throw .malformed("decimal(\(precision), \(scale))") }
        guard precision <= 38 else { throw .unsupported("decimals of more than 38 digits") }
        let type = DataType.decimal(precision: Int(precision), scale: Int(scale))
        switch physical {
        case .int32, .int64: return (type, .decimalFromInteger)
        case .fixedLengthByteArray: return (type, .decimalFromFixed)
        case .byteArray: return (type, .decimalFromBytes)
        default: throw .malformed("decimals stored as \(physical)")
        }
    }
}
