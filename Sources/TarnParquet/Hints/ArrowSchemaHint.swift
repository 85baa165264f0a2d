import TarnBase
import TarnColumns

/// The footer entry `ARROW:schema`, by which Arrow's readers restore the types of columns: base64 of an encapsulated IPC message with
/// the schema.
///
///     message := 0xFFFFFFFF, bytes of the metadata (UInt32, a multiple of 8), metadata: a FlatBuffers `Message`
///
/// Specification: Arrow, *Encapsulated message format*; tables and numbers from `Schema.fbs` and `Message.fbs`.
enum ArrowSchemaHint {
    static let key = "ARROW:schema"

    static func value(for schema: Schema) -> String {
        // Little-endian is the default of a schema.
        let header = FlatTable([nil, .tables(schema.fields.map { field($0) })])
        // Version V5; a header of type Schema; no body.
        let metadata = FlatTable([.short(4), .byte(1), .table(header)]).encoded()
        var message = ByteBuilder(capacity: metadata.count + 8)
        message.append(littleEndian: UInt32.max)
        message.append(littleEndian: UInt32(metadata.count))
        message.append(metadata)
        return Base64.encode(message.finish())
    }

    /// Name, nullable, number and table of the type, dictionary, children.
    private static func field(_ field: Field) -> FlatTable {
        let (number, type) = type(field.type)
        return FlatTable([.text(field.name), field.isNullable ? .byte(1) : nil, .byte(number), .table(type), nil, .tables(children(of: field.type).map { self.field($0) })])
    }

    /// Its number in the union `Type`, and its own table.
    private static func type(_ type: DataType) -> (UInt8, FlatTable) {
        switch type {
        case .int32: (2, FlatTable([.int(32), .byte(1)]))
        case .int64: (2, FlatTable([.int(64), .byte(1)]))
        // HALF is 0, SINGLE 1, DOUBLE 2.
        case .float: (3, FlatTable([.short(1)]))
        case .double: (3, FlatTable([.short(2)]))
        case .binary: (4, FlatTable([]))
        case .string: (5, FlatTable([]))
        case .boolean: (6, FlatTable([]))
        case .decimal(let precision, let scale): (7, FlatTable([.int(Int32(precision)), .int(Int32(scale)), .int(128)]))
        // DAY is 0; not the default, which is MILLISECOND.
        case .date: (8, FlatTable([.short(0)]))
        case .time: (9, FlatTable([.short(2), .int(64)]))
        case .timestamp(let unit): (10, FlatTable([.short(unit == .milliseconds ? 1 : unit == .microseconds ? 2 : 3), .text("UTC")]))
        case .list: (12, FlatTable([]))
        case .struct: (13, FlatTable([]))
        case .map: (17, FlatTable([]))
        }
    }

    private static func children(of type: DataType) -> [Field] {
        switch type {
        case .list(let element): [element]
        case .struct(let members): members
        case .map(let key, let value): [Field("key_value", .struct([key, value]), nullable: false)]
        default: []
        }
    }
}
