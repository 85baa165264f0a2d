package import TarnBase

/// Makes a column value by value: the way in for JSON, Avro and tests. One owner; not for loops over whole columns.
///
/// Hold a builder as its own class (``Int64Builder`` …) where the type is known, so that appending is a direct call; the
/// base class offers the same calls for code that goes by ``type``. Appending what the type does not hold is a mistake of
/// the caller and stops the program.
///
/// Nested values: append to the children, then call `endList()`, `endMap()` or `endStruct()`.
package class ColumnBuilder {
    package let type: DataType
    /// Rows so far.
    package final var count: Int { rows }
    // Internal to the module, so that the compiler can see all accesses and leave out their exclusivity checks.
    private final var rows = 0
    private final var validity: GrowingBits?

    fileprivate init(_ type: DataType) { self.type = type }

    /// A builder for columns of `type`.
    package static func make(_ type: DataType) -> ColumnBuilder {
        switch type {
        case .boolean: BooleanBuilder()
        case .int32, .date: Int32Builder(type)
        case .int64, .timestamp, .time: Int64Builder(type)
        case .float: FloatBuilder()
        case .double: DoubleBuilder()
        case .decimal: DecimalBuilder(type)
        case .string, .binary: TextBuilder(type)
        case .list(let element): ListBuilder(element)
        case .map(let key, let value): MapBuilder(key: key, value: value)
        case .struct(let fields): StructBuilder(fields)
        }
    }

    package func appendBoolean(_ value: Bool) { unfit() }
    /// For `.int32` and `.date`.
    package func appendInt32(_ value: Int32) { unfit() }
    /// For `.int64`, `.timestamp` and `.time`.
    package func appendInt64(_ value: Int64) { unfit() }
    package func appendFloat(_ value: Float) { unfit() }
    package func appendDouble(_ value: Double) { unfit() }
    /// The unscaled value.
    package func appendDecimal(_ value: Int128) { unfit() }
    /// For `.string`, where the caller vouches for UTF-8, and `.binary`.
    package func appendUTF8(_ bytes: UnsafeRawBufferPointer) { unfit() }

    package final func append(_ text: String) {
        var text = text
        text.withUTF8 { appendUTF8(UnsafeRawBufferPointer($0)) }
    }

    package final func append(_ bytes: Bytes) { bytes.withUnsafeBytes { appendUTF8($0) } }

    /// A null row; children of a null struct get a null as well, null lists and maps are empty.
    package final func appendNull() {
        appendPlaceholder()
        if let validity {
            validity.append(false)
        } else {
            let bits = GrowingBits(ones: count)
            bits.append(false)
            validity = bits
        }
        rows &+= 1
    }

    /// Forgets all rows from `row` on, for a record that turned out to be bad half-way.
    package final func truncate(to row: Int) {
        precondition(row <= count)
        guard row < count || hasOpenChildren else { return }
        validity?.truncate(to: row)
        truncateValues(to: row)
        rows = row
    }

    /// The column; the builder is empty afterwards and may be used again.
    package final func finish() -> Column {
        let finished = rows
        let bits = validity?.finish()
        validity = nil
        rows = 0
        return Column(type, count: finished, values: finishValues(finished), validity: bits)
    }

    /// Memory held, for budgets.
    package final var byteCount: Int { valueByteCount + (validity?.byteCount ?? 0) }

    @inline(__always)
    fileprivate final func didAppend() {
        if let validity { validity.append(true) }
        rows &+= 1
    }

    fileprivate func appendPlaceholder() { unfit() }
    fileprivate func truncateValues(to row: Int) { unfit() }
    fileprivate func finishValues(_ rows: Int) -> Column.Values { unfit() }
    fileprivate var valueByteCount: Int { 0 }
    fileprivate var hasOpenChildren: Bool { false }

    private func unfit(_ caller: StaticString = #function) -> Never {
        preconditionFailure("\(caller) does not fit a column of \(type)")
    }
}

package final class BooleanBuilder: ColumnBuilder {
    private let bits = GrowingBits()

    package init() { super.init(.boolean) }

    package override func appendBoolean(_ value: Bool) {
        bits.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { bits.append(false) }
    fileprivate override func truncateValues(to row: Int) { bits.truncate(to: row) }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .bits(bits.finish()) }
    fileprivate override var valueByteCount: Int { bits.byteCount }
}

package final class Int32Builder: ColumnBuilder {
    private let values = GrowingBuffer()

    package override init(_ type: DataType) {
        precondition(type == .int32 || type == .date)
        super.init(type)
    }

    package override func appendInt32(_ value: Int32) {
        values.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { values.append(Int32(0)) }
    fileprivate override func truncateValues(to row: Int) { values.count = row * 4 }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fixed(values.finish()) }
    fileprivate override var valueByteCount: Int { values.capacity }
}

package final class Int64Builder: ColumnBuilder {
    private let values = GrowingBuffer()

    package override init(_ type: DataType) {
        precondition(type != .double && type.fixedWidth == 8)
        super.init(type)
    }

    package override func appendInt64(_ value: Int64) {
        values.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { values.append(Int64(0)) }
    fileprivate override func truncateValues(to row: Int) { values.count = row * 8 }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fixed(values.finish()) }
    fileprivate override var valueByteCount: Int { values.capacity }
}

package final class FloatBuilder: ColumnBuilder {
    private let values = GrowingBuffer()

    package init() { super.init(.float) }

    package override func appendFloat(_ value: Float) {
        values.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { values.append(Float(0)) }
    fileprivate override func truncateValues(to row: Int) { values.count = row * 4 }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fixed(values.finish()) }
    fileprivate override var valueByteCount: Int { values.capacity }
}

package final class DoubleBuilder: ColumnBuilder {
    private let values = GrowingBuffer()

    package init() { super.init(.double) }

    package override func appendDouble(_ value: Double) {
        values.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { values.append(Double(0)) }
    fileprivate override func truncateValues(to row: Int) { values.count = row * 8 }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fixed(values.finish()) }
    fileprivate override var valueByteCount: Int { values.capacity }
}

package final class DecimalBuilder: ColumnBuilder {
    private let values = GrowingBuffer()

    package override init(_ type: DataType) {
        precondition(type.fixedWidth == 16)
        super.init(type)
    }

    package override func appendDecimal(_ value: Int128) {
        values.append(value)
        didAppend()
    }

    fileprivate override func appendPlaceholder() { values.append(Int128(0)) }
    fileprivate override func truncateValues(to row: Int) { values.count = row * 16 }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fixed(values.finish()) }
    fileprivate override var valueByteCount: Int { values.capacity }
}

/// Strings and binary values: short ones inside their view, long ones packed into buffers that are never copied.
package final class TextBuilder: ColumnBuilder {
    private let views = GrowingBuffer()
    private let text = TextBuffers()

    package override init(_ type: DataType) {
        precondition(type == .string || type == .binary)
        super.init(type)
    }

    package override func appendUTF8(_ bytes: UnsafeRawBufferPointer) {
        views.append(text.append(bytes))
        didAppend()
    }

    fileprivate override func appendPlaceholder() { views.append(View.empty) }
    fileprivate override func truncateValues(to row: Int) { views.count = row * 16 }

    fileprivate override func finishValues(_ rows: Int) -> Column.Values {
        .views(Views(views: views.finish(), buffers: text.finish()))
    }

    fileprivate override var valueByteCount: Int { views.capacity + text.byteCount }
}

package final class ListBuilder: ColumnBuilder {
    package let elements: ColumnBuilder
    private let offsets = GrowingBuffer()

    package init(_ element: Field) {
        elements = .make(element.type)
        offsets.append(Int32(0))
        super.init(.list(element: element))
    }

    /// What was appended to ``elements`` since the last row is one list.
    package func endList() {
        appendPlaceholder()
        didAppend()
    }

    fileprivate override func appendPlaceholder() { offsets.append(Int32(elements.count)) }

    fileprivate override func truncateValues(to row: Int) {
        offsets.count = (row + 1) * 4
        elements.truncate(to: Int((offsets.base + row * 4).load(as: Int32.self)))
    }

    fileprivate override func finishValues(_ rows: Int) -> Column.Values {
        let ends = offsets.finish()
        offsets.append(Int32(0))
        return .list(offsets: ends, elements: elements.finish())
    }

    fileprivate override var valueByteCount: Int { offsets.capacity + elements.byteCount }
    fileprivate override var hasOpenChildren: Bool { true }
}

package final class MapBuilder: ColumnBuilder {
    package let keys: ColumnBuilder
    package let values: ColumnBuilder
    private let offsets = GrowingBuffer()

    package init(key: Field, value: Field) {
        keys = .make(key.type)
        values = .make(value.type)
        offsets.append(Int32(0))
        super.init(.map(key: key, value: value))
    }

    /// What was appended to ``keys`` and ``values`` since the last row is one map.
    package func endMap() {
        appendPlaceholder()
        didAppend()
    }

    fileprivate override func appendPlaceholder() {
        precondition(keys.count == values.count, "a map needs as many values as keys")
        offsets.append(Int32(keys.count))
    }

    fileprivate override func truncateValues(to row: Int) {
        offsets.count = (row + 1) * 4
        let entries = Int((offsets.base + row * 4).load(as: Int32.self))
        keys.truncate(to: entries)
        values.truncate(to: entries)
    }

    fileprivate override func finishValues(_ rows: Int) -> Column.Values {
        let ends = offsets.finish()
        offsets.append(Int32(0))
        return .map(offsets: ends, keys: keys.finish(), values: values.finish())
    }

    fileprivate override var valueByteCount: Int { offsets.capacity + keys.byteCount + values.byteCount }
    fileprivate override var hasOpenChildren: Bool { true }
}

package final class StructBuilder: ColumnBuilder {
    package let fields: [ColumnBuilder]

    package init(_ fields: [Field]) {
        self.fields = fields.map { .make($0.type) }
        super.init(.struct(fields))
    }

    /// What was appended to ``fields`` since the last row is one struct; fields without a new value get a null.
    package func endStruct() {
        for field in fields {
            if field.count == count { field.appendNull() }
            precondition(field.count == count + 1, "a struct got two values for one field")
        }
        didAppend()
    }

    fileprivate override func appendPlaceholder() { for field in fields { field.appendNull() } }
    fileprivate override func truncateValues(to row: Int) { for field in fields { field.truncate(to: row) } }
    fileprivate override func finishValues(_ rows: Int) -> Column.Values { .fields(fields.map { $0.finish() }) }
    fileprivate override var valueByteCount: Int { fields.reduce(0) { $0 + $1.byteCount } }
    fileprivate override var hasOpenChildren: Bool { true }
}
