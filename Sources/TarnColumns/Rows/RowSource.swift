import TarnBase

/// A column as the row encoder reads it. Holds bare pointers: the encoder keeps the batch alive.
struct RowSource {
    private indirect enum Kind {
        case boolean(UnsafeRawBufferPointer)
        case fixed(FlatValues)
        case text(FlatValues)
        case list(UnsafePointer<Int32>, RowSource)
        case map(UnsafePointer<Int32>, keys: RowSource, values: RowSource)
        case fields([RowSource])
    }

    private let kind: Kind
    private let validity: UnsafeRawBufferPointer?

    init(_ column: Column) {
        validity = column.validity.map { RowSource.pointer($0) }
        switch column.values {
        case .bits(let bits): kind = .boolean(RowSource.pointer(bits))
        case .list(let offsets, let elements): kind = .list(RowSource.offsets(offsets), RowSource(elements))
        case .map(let offsets, let keys, let values):
            kind = .map(RowSource.offsets(offsets), keys: RowSource(keys), values: RowSource(values))
        case .fields(let columns): kind = .fields(columns.map { RowSource($0) })
        case .fixed, .views, .dictionary:
            guard let flat = FlatValues(column) else { preconditionFailure("a flat column is expected") }
            kind = column.type.fixedWidth != nil ? .fixed(flat) : .text(flat)
        }
    }

    private static func pointer(_ bits: Bitmap) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bits.bytes.unsafePointer, count: bits.bytes.count)
    }

    private static func offsets(_ bytes: Bytes) -> UnsafePointer<Int32> {
        bytes.unsafePointer.assumingMemoryBound(to: Int32.self)
    }

    @inline(__always)
    func hasValue(_ row: Int) -> Bool { validity.map { $0.bit(row) } ?? true }

    // MARK: All rows of a column

    /// Adds what each row's value takes.
    func addSizes(_ rows: Int, to sizes: UnsafeMutableBufferPointer<Int>) {
        switch kind {
        case .boolean: for row in 0..<rows where hasValue(row) { sizes[row] &+= 1 }
        case .fixed(let flat): for row in 0..<rows where hasValue(row) { sizes[row] &+= flat.width }
        case .text(let flat):
            for row in 0..<rows where hasValue(row) { sizes[row] &+= RowSource.textSize(flat, row) }
        case .list, .map, .fields: for row in 0..<rows where hasValue(row) { sizes[row] &+= size(row) }
        }
    }

    /// Writes each row's value at its cursor, and moves the cursor behind it.
    func write(_ rows: Int, at cursors: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>) {
        switch kind {
        case .fixed(let flat):
            switch flat.width {
            case 4: write(rows, flat, as: UInt32.self, at: cursors)
            case 8: write(rows, flat, as: UInt64.self, at: cursors)
            default: write(rows, flat, as: View.self, at: cursors)
            }
        case .text(let flat):
            for row in 0..<rows where hasValue(row) { RowSource.writeText(flat, row, at: &cursors[row]) }
        case .boolean, .list, .map, .fields:
            for row in 0..<rows where hasValue(row) { write(row, at: &cursors[row]) }
        }
    }

    @inline(__always)
    private func write<Value: BitwiseCopyable>(
        _ rows: Int, _ flat: FlatValues, as type: Value.Type,
        at cursors: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
    ) {
        for row in 0..<rows where hasValue(row) {
            cursors[row].storeBytes(of: flat.load(row, as: type), as: type)
            cursors[row] += MemoryLayout<Value>.size
        }
    }

    // MARK: One value

    private func size(_ row: Int) -> Int {
        switch kind {
        case .boolean: 1
        case .fixed(let flat): flat.width
        case .text(let flat): RowSource.textSize(flat, row)
        case .list(let offsets, let elements):
            RowSource.lengthSize(Int(offsets[row + 1] - offsets[row])) + elements.sizes(offsets[row]..<offsets[row + 1], bits: true)
        case .map(let offsets, let keys, let values):
            RowSource.lengthSize(Int(offsets[row + 1] - offsets[row])) + keys.sizes(offsets[row]..<offsets[row + 1], bits: false)
                + values.sizes(offsets[row]..<offsets[row + 1], bits: true)
        case .fields(let fields):
            fields.reduce((fields.count + 7) / 8) { $0 + ($1.hasValue(row) ? $1.size(row) : 0) }
        }
    }

    private func sizes(_ range: Range<Int32>, bits: Bool) -> Int {
        range.reduce(bits ? (range.count + 7) / 8 : 0) { $0 + (hasValue(Int($1)) ? size(Int($1)) : 0) }
    }

    private func write(_ row: Int, at cursor: inout UnsafeMutableRawPointer) {
        switch kind {
        case .boolean(let bits):
            cursor.storeBytes(of: bits.bit(row) ? 1 : 0, as: UInt8.self)
            cursor += 1
        case .fixed(let flat):
            cursor.copyMemory(from: flat.values + flat.index(row) &* flat.width, byteCount: flat.width)
            cursor += flat.width
        case .text(let flat): RowSource.writeText(flat, row, at: &cursor)
        case .list(let offsets, let elements):
            RowSource.writeLength(Int(offsets[row + 1] - offsets[row]), at: &cursor)
            elements.write(offsets[row]..<offsets[row + 1], bits: true, at: &cursor)
        case .map(let offsets, let keys, let values):
            RowSource.writeLength(Int(offsets[row + 1] - offsets[row]), at: &cursor)
            keys.write(offsets[row]..<offsets[row + 1], bits: false, at: &cursor)
            values.write(offsets[row]..<offsets[row + 1], bits: true, at: &cursor)
        case .fields(let fields):
            let bits = RowSource.startBits(fields.count, at: &cursor)
            for (index, field) in fields.enumerated() where field.hasValue(row) {
                RowCoder.setBit(bits, index)
                field.write(row, at: &cursor)
            }
        }
    }

    private func write(_ range: Range<Int32>, bits: Bool, at cursor: inout UnsafeMutableRawPointer) {
        let place = bits ? RowSource.startBits(range.count, at: &cursor) : cursor
        for (index, row) in range.enumerated() where hasValue(Int(row)) {
            if bits { RowCoder.setBit(place, index) }
            write(Int(row), at: &cursor)
        }
    }

    private static func startBits(_ count: Int, at cursor: inout UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let byteCount = (count + 7) / 8
        defer { cursor += byteCount }
        cursor.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return cursor
    }

    // MARK: Lengths and text

    @inline(__always)
    private static func lengthSize(_ length: Int) -> Int { length < 255 ? 1 : 5 }

    @inline(__always)
    private static func writeLength(_ length: Int, at cursor: inout UnsafeMutableRawPointer) {
        if length < 255 {
            cursor.storeBytes(of: UInt8(truncatingIfNeeded: length), as: UInt8.self)
            cursor += 1
        } else {
            cursor.storeBytes(of: 255, as: UInt8.self)
            (cursor + 1).storeBytes(of: UInt32(truncatingIfNeeded: length), as: UInt32.self)
            cursor += 5
        }
    }

    @inline(__always)
    private static func textSize(_ flat: FlatValues, _ row: Int) -> Int {
        let length = flat.load(row, as: View.self).length
        return length &+ lengthSize(length)
    }

    @inline(__always)
    private static func writeText(_ flat: FlatValues, _ row: Int, at cursor: inout UnsafeMutableRawPointer) {
        let text = flat.text(row)
        writeLength(text.count, at: &cursor)
        cursor.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
        cursor += text.count
    }
}
