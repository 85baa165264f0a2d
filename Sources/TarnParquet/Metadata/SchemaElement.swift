/// One node of the schema as the footer lists it: depth first, each group followed by its children.
package struct SchemaElement: Hashable, Sendable {
    package var name: String
    /// nil for groups.
    package var physicalType: PhysicalType?
    /// Bytes of a value of `fixedLengthByteArray`.
    package var typeLength: Int32?
    /// nil for the root.
    package var repetition: Repetition?
    /// nil for leaves.
    package var childCount: Int32?
    package var convertedType: ConvertedType?
    package var scale: Int32?
    package var precision: Int32?
    package var fieldID: Int32?
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

    package init(reading reader: inout CompactReader) throws(ParquetError) {
        var element = SchemaElement(name: "", repetition: nil, convertedType: nil, logicalType: nil)
        try reader.readStruct { (reader, header) throws(ParquetError) in
            let start = reader.offset
            switch header.id {
            case 1:
                element.physicalType = PhysicalType(rawValue: try reader.readInt32(header))
                if element.physicalType == nil { throw .malformed("unknown physical type", at: start) }
            case 2: element.typeLength = try reader.readInt32(header)
            case 3:
                element.repetition = Repetition(rawValue: try reader.readInt32(header))
                if element.repetition == nil { throw .malformed("unknown repetition", at: start) }
            case 4: element.name = try reader.readString(header)
            case 5: element.childCount = try reader.readInt32(header)
            case 6: element.convertedType = ConvertedType(rawValue: try reader.readInt32(header))
            case 7: element.scale = try reader.readInt32(header)
            case 8: element.precision = try reader.readInt32(header)
            case 9: element.fieldID = try reader.readInt32(header)
            case 10: element.logicalType = try LogicalType(reading: &reader)
            default: try reader.skip(header)
            }
        }
        self = element
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
