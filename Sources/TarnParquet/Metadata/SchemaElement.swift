/// One node of the schema as the footer lists it: depth first, each group followed by its children.
package struct SchemaElement: Hashable, Sendable {
    package var name: String
    /// nil for groups.
    package var physicalType: PhysicalType?
    /// Bytes of a value of `fixedLengthByteArray`.
    @LeastIsNone package var typeLength: Int32?
    /// nil for the root.
    package var repetition: Repetition?
    /// nil for leaves.
    @LeastIsNone package var childCount: Int32?
    package var convertedType: ConvertedType?
    @LeastIsNone package var scale: Int32?
    @LeastIsNone package var precision: Int32?
    @LeastIsNone package var fieldID: Int32?
    package var logicalType: LogicalType?

    /// A leaf.
    package init(
        _ name: String, _ repetition: Repetition, _ physicalType: PhysicalType, length: Int32? = nil,
        converted: ConvertedType? = nil, logical: LogicalType? = nil
    ) {
        self.init(name: name, repetition: repetition, convertedType: converted, logicalType: logical)
        self.physicalType = physicalType
        typeLength = length
    }

    /// A group.
    package init(
        _ name: String, _ repetition: Repetition?, childCount: Int, converted: ConvertedType? = nil, logical: LogicalType? = nil
    ) {
        self.init(name: name, repetition: repetition, convertedType: converted, logicalType: logical)
        self.childCount = Int32(childCount)
    }

    private init(name: String, repetition: Repetition?, convertedType: ConvertedType?, logicalType: LogicalType?) {
        self.name = name
        self.repetition = repetition
        self.convertedType = convertedType
        self.logicalType = logicalType
    }

    init(reading outer: inout CompactReader) throws(ParquetError) {
        var reader = outer
        defer { outer = reader }
        self.init(name: "", repetition: nil, convertedType: nil, logicalType: nil)
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.key {
            case 0x14...0x16:
                let start = reader.offset
                physicalType = PhysicalType(rawValue: try reader.readInt32())
                if physicalType == nil { throw .malformed("unknown physical type", at: start) }
            case 0x24...0x26: typeLength = try reader.readInt32()
            case 0x34...0x36:
                let start = reader.offset
                repetition = Repetition(rawValue: try reader.readInt32())
                if repetition == nil { throw .malformed("unknown repetition", at: start) }
            case 0x48: name = try reader.apart { (reader) throws(ParquetError) in try reader.readString() }
            case 0x54...0x56: childCount = try reader.readInt32()
            case 0x64...0x66: convertedType = ConvertedType(rawValue: try reader.readInt32())
            case 0x74...0x76: scale = try reader.readInt32()
            case 0x84...0x86: precision = try reader.readInt32()
            case 0x94...0x96: fieldID = try reader.readInt32()
            case 0xAC: logicalType = try reader.apart { (reader) throws(ParquetError) in try LogicalType(reading: &reader, header) }
            default: try reader.skip(header, known: 1...10)
            }
        }
    }

    /// Writes the fields of the structure.
    package func write(to writer: inout CompactWriter) {
        writer.write(1, physicalType?.rawValue)
        writer.write(2, typeLength)
        writer.write(3, repetition?.rawValue)
        writer.write(4, name)
        writer.write(5, childCount)
        writer.write(6, convertedType?.rawValue)
        writer.write(7, scale)
        writer.write(8, precision)
        writer.write(9, fieldID)
        logicalType?.write(10, to: &writer)
    }
}
