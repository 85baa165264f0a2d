package import TarnBase

/// One value on its own: for messages, tests and single look-ups. Loops over values use kernels.
package indirect enum Cell: Sendable {
    case null
    case boolean(Bool)
    /// `.int32`, `.int64`, `.date`, `.time`, `.timestamp`.
    case int(Int64)
    case float(Float)
    case double(Double)
    /// The unscaled value.
    case decimal(Int128)
    /// `.string` and `.binary`.
    case text(Bytes)
    case list([Cell])
    case map([Entry])
    case fields([Cell])

    package struct Entry: Hashable, Sendable {
        package let key: Cell
        package let value: Cell
        package init(_ key: Cell, _ value: Cell) {
            self.key = key
            self.value = value
        }
    }

    package var isNull: Bool { self == .null }
}

extension Cell: Hashable {
    /// By value; NaN equals NaN, and 0 equals -0.
    package static func == (left: Cell, right: Cell) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let l), .boolean(let r)): l == r
        case (.int(let l), .int(let r)): l == r
        case (.float(let l), .float(let r)): l == r || (l.isNaN && r.isNaN)
        case (.double(let l), .double(let r)): l == r || (l.isNaN && r.isNaN)
        case (.decimal(let l), .decimal(let r)): l == r
        case (.text(let l), .text(let r)): l == r
        case (.list(let l), .list(let r)): l == r
        case (.map(let l), .map(let r)): l == r
        case (.fields(let l), .fields(let r)): l == r
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value.isNaN ? 0 : value)
        case .double(let value): hasher.combine(value.isNaN ? 0 : value)
        case .decimal(let value): hasher.combine(value)
        case .text(let value): hasher.combine(value)
        case .list(let cells), .fields(let cells): hasher.combine(cells)
        case .map(let entries): hasher.combine(entries)
        }
    }
}

extension Cell: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(stringLiteral value: String) { self = .text(Bytes(value)) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(nilLiteral: ()) { self = .null }
}

extension Column {
    /// The value of one row.
    package func cell(at row: Int) -> Cell {
        precondition(row >= 0 && row < count)
        if isNull(row) { return .null }
        switch values {
        case .bits(let bits): return .boolean(bits[row])
        case .fixed(let bytes):
            return bytes.withUnsafeBytes { buffer in
                switch type {
                case .int32, .date: .int(Int64(buffer.loadUnaligned(fromByteOffset: row * 4, as: Int32.self)))
                case .float: .float(buffer.loadUnaligned(fromByteOffset: row * 4, as: Float.self))
                case .double: .double(buffer.loadUnaligned(fromByteOffset: row * 8, as: Double.self))
                case .decimal: .decimal(buffer.loadUnaligned(fromByteOffset: row * 16, as: Int128.self))
                default: .int(buffer.loadUnaligned(fromByteOffset: row * 8, as: Int64.self))
                }
            }
        case .views(let views): return .text(views.bytes(at: row))
        case .dictionary(let codes, let dictionary):
            return dictionary.cell(at: codes.withValues(of: UInt32.self) { Int($0[row]) })
        case .list(let offsets, let elements):
            return .list(Column.range(offsets, row).map { elements.cell(at: $0) })
        case .map(let offsets, let keys, let values):
            return .map(Column.range(offsets, row).map { Cell.Entry(keys.cell(at: $0), values.cell(at: $0)) })
        case .fields(let columns): return .fields(columns.map { $0.cell(at: row) })
        }
    }

    private static func range(_ offsets: Bytes, _ row: Int) -> Range<Int> {
        offsets.withValues(of: Int32.self) { Int($0[row])..<Int($0[row + 1]) }
    }

    /// All values.
    package var cells: [Cell] { (0..<count).map { cell(at: $0) } }
}

extension RecordBatch {
    /// One row's values, in the schema's order.
    package func row(at row: Int) -> [Cell] { columns.map { $0.cell(at: row) } }
}

extension ColumnBuilder {
    /// Appends a value that fits ``type``.
    package final func append(_ cell: Cell) {
        switch (cell, self) {
        case (.null, _): appendNull()
        case (.boolean(let value), _): appendBoolean(value)
        case (.int(let value), let builder as Int32Builder): builder.appendInt32(Int32(value))
        case (.int(let value), _): appendInt64(value)
        case (.float(let value), _): appendFloat(value)
        case (.double(let value), _): appendDouble(value)
        case (.decimal(let value), _): appendDecimal(value)
        case (.text(let value), _): append(value)
        case (.list(let cells), let builder as ListBuilder):
            for cell in cells { builder.elements.append(cell) }
            builder.endList()
        case (.map(let entries), let builder as MapBuilder):
            for entry in entries {
                builder.keys.append(entry.key)
                builder.values.append(entry.value)
            }
            builder.endMap()
        case (.fields(let cells), let builder as StructBuilder):
            precondition(cells.count == builder.fields.count)
            for (field, cell) in zip(builder.fields, cells) { field.append(cell) }
            builder.endStruct()
        default: preconditionFailure("\(cell) does not fit a column of \(type)")
        }
    }
}
