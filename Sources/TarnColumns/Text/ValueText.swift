import TarnBase

/// How the text form of a value is embedded.
enum TextStyle {
    /// JSON (cli.md): text in quotes, decimals and times as strings, `null`.
    case json
    /// The bare text; nested values as JSON.
    case plain
}

/// A column as the text writers read it: prints the value of one row. Keeps the column alive.
final class ValueText {
    private enum Kind {
        case boolean(UnsafeRawBufferPointer)
        case int32(FlatValues)
        case int64(FlatValues)
        case float(FlatValues)
        case double(FlatValues)
        case string(FlatValues)
        case binary(FlatValues)
        case date(FlatValues)
        case time(FlatValues)
        case timestamp(FlatValues, TimeUnit)
        case decimal(FlatValues, scale: Int)
        /// Entries printed once.
        case rendered(UnsafePointer<UInt32>, text: Bytes, entries: [Range<Int>])
        case list(UnsafePointer<Int32>, ValueText)
        case map(UnsafePointer<Int32>, keys: ValueText, values: ValueText, asObject: Bool)
        case fields([(prefix: Bytes, value: ValueText)])
    }

    private let column: Column
    private let kind: Kind
    private let style: TextStyle
    private let validity: UnsafeRawBufferPointer?

    init(_ column: Column, _ style: TextStyle) {
        self.column = column
        self.style = style
        validity = column.validity.map { UnsafeRawBufferPointer(start: $0.bytes.unsafePointer, count: $0.bytes.count) }
        switch column.values {
        case .bits(let bits):
            kind = .boolean(UnsafeRawBufferPointer(start: bits.bytes.unsafePointer, count: bits.bytes.count))
        case .list(let offsets, let elements): kind = .list(ValueText.offsets(offsets), ValueText(elements, .json))
        case .map(let offsets, let keys, let values):
            kind = .map(
                ValueText.offsets(offsets), keys: ValueText(keys, .json), values: ValueText(values, .json),
                asObject: keys.type == .string)
        case .fields(let columns):
            guard case .struct(let fields) = column.type else { preconditionFailure("fields without a struct") }
            kind = .fields(
                fields.indices.map { (NDJSONWriter.memberPrefix(fields[$0].name, isFirst: $0 == 0), ValueText(columns[$0], .json)) })
        case .dictionary(let codes, let dictionary) where dictionary.count <= column.count:
            kind = ValueText.rendered(codes, dictionary, style)
        case .fixed, .views, .dictionary: kind = ValueText.flat(column)
        }
    }

    private static func offsets(_ bytes: Bytes) -> UnsafePointer<Int32> {
        bytes.unsafePointer.assumingMemoryBound(to: Int32.self)
    }

    private static func rendered(_ codes: Bytes, _ dictionary: Column, _ style: TextStyle) -> Kind {
        let sink = TextSink()
        let values = ValueText(dictionary, style)
        let entries = (0..<dictionary.count).map { entry in
            let start = sink.count
            values.print(entry, into: sink)
            return start..<sink.count
        }
        return .rendered(codes.unsafePointer.assumingMemoryBound(to: UInt32.self), text: sink.finish(), entries: entries)
    }

    private static func flat(_ column: Column) -> Kind {
        guard let flat = FlatValues(column) else { preconditionFailure("a flat column is expected") }
        switch column.type {
        case .int32: return .int32(flat)
        case .int64: return .int64(flat)
        case .float: return .float(flat)
        case .double: return .double(flat)
        case .string: return .string(flat)
        case .binary: return .binary(flat)
        case .date: return .date(flat)
        case .time: return .time(flat)
        case .timestamp(let unit): return .timestamp(flat, unit)
        case .decimal(_, let scale): return .decimal(flat, scale: scale)
        case .boolean, .list, .map, .struct: preconditionFailure("\(column.type) is not flat")
        }
    }

    @inline(__always)
    func isNull(_ row: Int) -> Bool { validity.map { !$0.bit(row) } ?? false }

    /// Appends the value of `row`, which is below the column's count; `null` for a null.
    func print(_ row: Int, into sink: TextSink) {
        if isNull(row) {
            sink.append("null")
            return
        }
        switch kind {
        case .boolean(let bits): bits.bit(row) ? sink.append("true") : sink.append("false")
        case .int32(let flat): sink.append(integer: Int64(flat.load(row, as: Int32.self)))
        case .int64(let flat): sink.append(integer: flat.load(row, as: Int64.self))
        case .float(let flat):
            let value = flat.load(row, as: Float.self)
            value.isFinite ? sink.append(finite: value) : quoted(sink) { $0.append(notFinite: Double(value)) }
        case .double(let flat):
            let value = flat.load(row, as: Double.self)
            value.isFinite ? sink.append(finite: value) : quoted(sink) { $0.append(notFinite: value) }
        case .string(let flat):
            style == .json ? sink.append(jsonString: flat.text(row)) : sink.append(repaired: flat.text(row))
        case .binary(let flat): quoted(sink) { $0.append(base64: flat.text(row)) }
        case .date(let flat): quoted(sink) { $0.append(date: Int(flat.load(row, as: Int32.self))) }
        case .time(let flat): quoted(sink) { $0.append(timeOfDay: flat.load(row, as: Int64.self), perSecond: 1_000_000) }
        case .timestamp(let flat, let unit): quoted(sink) { $0.append(timestamp: flat.load(row, as: Int64.self), unit) }
        case .decimal(let flat, let scale):
            quoted(sink) { $0.append(string: Decimals.text(flat.load(row, as: Int128.self), scale: scale)) }
        case .rendered(let codes, let text, let entries):
            let entry = entries[Int(codes[row])]
            sink.append(bytes: UnsafeRawBufferPointer(start: text.unsafePointer + entry.lowerBound, count: entry.count))
        case .list, .map, .fields: printNested(row, into: sink)
        }
    }

    private func printNested(_ row: Int, into sink: TextSink) {
        switch kind {
        case .list(let offsets, let elements):
            sink.append(byte: UInt8(ascii: "["))
            for element in offsets[row]..<offsets[row + 1] {
                if element != offsets[row] { sink.append(byte: UInt8(ascii: ",")) }
                elements.print(Int(element), into: sink)
            }
            sink.append(byte: UInt8(ascii: "]"))
        case .map(let offsets, let keys, let values, let asObject):
            sink.append(byte: asObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
            for entry in offsets[row]..<offsets[row + 1] {
                if entry != offsets[row] { sink.append(byte: UInt8(ascii: ",")) }
                if !asObject { sink.append(byte: UInt8(ascii: "[")) }
                keys.print(Int(entry), into: sink)
                sink.append(byte: asObject ? UInt8(ascii: ":") : UInt8(ascii: ","))
                values.print(Int(entry), into: sink)
                if !asObject { sink.append(byte: UInt8(ascii: "]")) }
            }
            sink.append(byte: asObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        case .fields(let fields):
            sink.append(byte: UInt8(ascii: "{"))
            for field in fields {
                sink.append(bytes: UnsafeRawBufferPointer(start: field.prefix.unsafePointer, count: field.prefix.count))
                field.value.print(row, into: sink)
            }
            sink.append(byte: UInt8(ascii: "}"))
        default: preconditionFailure("not a nested column")
        }
    }

    @inline(__always)
    private func quoted(_ sink: TextSink, _ body: (TextSink) -> Void) {
        if style == .json { sink.append(byte: UInt8(ascii: "\"")) }
        body(sink)
        if style == .json { sink.append(byte: UInt8(ascii: "\"")) }
    }
}
