import TarnBase
import TarnColumns

/// One column, or one part of a nested one, as the encoder reads it. Holds bare pointers: the encoder keeps the batch alive.
struct AvroFieldWriter {
    private enum Kind {
        case boolean(UnsafeRawBufferPointer)
        /// Integers, dates, times and timestamps, as zigzag varints.
        case int32(FixedSource<Int32>)
        case int64(FixedSource<Int64>)
        case float(FixedSource<UInt32>)
        case double(FixedSource<UInt64>)
        /// Bytes of the fixed type, and the unscaled value.
        case decimal(Int, FixedSource<Int128>)
        case text(TextSource)
        indirect case list(UnsafePointer<Int32>, AvroFieldWriter)
        indirect case map(UnsafePointer<Int32>, keys: AvroFieldWriter, values: AvroFieldWriter)
        case fields([AvroFieldWriter])
    }

    /// Where a null was met that the schema does not take.
    final class NullCheck {
        var path: String?
    }

    private let kind: Kind
    private let isNullable: Bool
    private let validity: UnsafeRawBufferPointer?
    private let path: String
    private let check: NullCheck

    init(_ column: Column, isNullable: Bool, path: String, _ check: NullCheck) {
        self.isNullable = isNullable
        self.path = path
        self.check = check
        validity = column.validity.map { Self.pointer($0.bytes) }
        func offsets(_ bytes: Bytes) -> UnsafePointer<Int32> { bytes.unsafePointer.assumingMemoryBound(to: Int32.self) }
        switch (column.type, column.values) {
        case (_, .bits(let bits)): kind = .boolean(Self.pointer(bits.bytes))
        case (.list(let element), .list(let ends, let elements)):
            kind = .list(offsets(ends), AvroFieldWriter(elements, isNullable: element.isNullable, path: path.joined("element"), check))
        case (.map(_, let value), .map(let ends, let keys, let values)):
            kind = .map(
                offsets(ends), keys: AvroFieldWriter(keys, isNullable: false, path: path.joined("key"), check),
                values: AvroFieldWriter(values, isNullable: value.isNullable, path: path.joined("value"), check))
        case (.struct(let fields), .fields(let columns)):
            kind = .fields(zip(columns, fields).map { AvroFieldWriter($0, isNullable: $1.isNullable, path: path.joined($1.name), check) })
        case (.string, _), (.binary, _): kind = .text(TextSource(column))
        case (.int32, _), (.date, _): kind = .int32(FixedSource(column))
        case (.float, _): kind = .float(FixedSource(column))
        case (.double, _): kind = .double(FixedSource(column))
        case (.decimal(let precision, _), _):
            kind = .decimal(AvroSchema.decimalByteCount(precision: precision), FixedSource(column))
        default: kind = .int64(FixedSource(column))
        }
    }

    private static func pointer(_ bytes: Bytes) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes.unsafePointer, count: bytes.count)
    }

    @inline(__always)
    private func hasValue(_ row: Int) -> Bool {
        guard let validity else { return true }
        return validity[row &>> 3] & (1 &<< UInt8(truncatingIfNeeded: row & 7)) != 0
    }

    // MARK: All rows of a column

    /// Adds what each row's value takes, the branch of the union included.
    func addSizes(_ rows: Int, to sizes: UnsafeMutableBufferPointer<Int>) {
        let branch = isNullable ? 1 : 0
        guard isNullable || validity == nil else {
            for row in 0..<rows { sizes[row] &+= size(row) }
            return
        }
        switch kind {
        case .int32(let source): for row in 0..<rows { sizes[row] &+= branch &+ (hasValue(row) ? Self.size(Int64(source[row])) : 0) }
        case .int64(let source): for row in 0..<rows { sizes[row] &+= branch &+ (hasValue(row) ? Self.size(source[row]) : 0) }
        case .text(let source): for row in 0..<rows { sizes[row] &+= branch &+ (hasValue(row) ? Self.size(source, row) : 0) }
        default: for row in 0..<rows { sizes[row] &+= size(row) }
        }
    }

    /// Writes each row's value at its cursor, and moves the cursor behind it.
    func write(_ rows: Int, at cursors: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>) {
        switch kind {
        case .int32(let source): for row in 0..<rows where startValue(row, at: &cursors[row]) { Self.write(Int64(source[row]), at: &cursors[row]) }
        case .int64(let source): for row in 0..<rows where startValue(row, at: &cursors[row]) { Self.write(source[row], at: &cursors[row]) }
        case .text(let source): for row in 0..<rows where startValue(row, at: &cursors[row]) { Self.write(source, row, at: &cursors[row]) }
        default: for row in 0..<rows { write(row, at: &cursors[row]) }
        }
    }

    /// Writes the branch of the union, if there is one; whether a value follows.
    @inline(__always)
    private func startValue(_ row: Int, at cursor: inout UnsafeMutableRawPointer) -> Bool {
        let isThere = hasValue(row)
        if isNullable {
            cursor.storeBytes(of: isThere ? 2 : 0, as: UInt8.self)
            cursor += 1
        }
        return isThere
    }

    // MARK: One value

    private func size(_ row: Int) -> Int {
        let branch = isNullable ? 1 : 0
        guard hasValue(row) else {
            if !isNullable, check.path == nil { check.path = path }
            return branch
        }
        switch kind {
        case .boolean: return branch + 1
        case .int32(let source): return branch + Self.size(Int64(source[row]))
        case .int64(let source): return branch + Self.size(source[row])
        case .float: return branch + 4
        case .double: return branch + 8
        case .decimal(let byteCount, _): return branch + byteCount
        case .text(let source): return branch + Self.size(source, row)
        case .list(let offsets, let elements):
            return branch + Self.blockSize(offsets[row]..<offsets[row + 1]) { elements.size($0) }
        case .map(let offsets, let keys, let values):
            return branch + Self.blockSize(offsets[row]..<offsets[row + 1]) { keys.size($0) + values.size($0) }
        case .fields(let fields): return fields.reduce(branch) { $0 + $1.size(row) }
        }
    }

    private func write(_ row: Int, at cursor: inout UnsafeMutableRawPointer) {
        guard startValue(row, at: &cursor) else { return }
        switch kind {
        case .boolean(let bits):
            cursor.storeBytes(of: bits[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7) & 1, as: UInt8.self)
            cursor += 1
        case .int32(let source): Self.write(Int64(source[row]), at: &cursor)
        case .int64(let source): Self.write(source[row], at: &cursor)
        case .float(let source): Self.store(source[row].littleEndian, at: &cursor)
        case .double(let source): Self.store(source[row].littleEndian, at: &cursor)
        case .decimal(let byteCount, let source):
            withUnsafeBytes(of: source[row].bigEndian) { cursor.copyMemory(from: $0.baseAddress.unsafelyUnwrapped + (16 - byteCount), byteCount: byteCount) }
            cursor += byteCount
        case .text(let source): Self.write(source, row, at: &cursor)
        case .list(let offsets, let elements):
            Self.writeBlock(offsets[row]..<offsets[row + 1], at: &cursor) { elements.write($0, at: &$1) }
        case .map(let offsets, let keys, let values):
            Self.writeBlock(offsets[row]..<offsets[row + 1], at: &cursor) {
                keys.write($0, at: &$1)
                values.write($0, at: &$1)
            }
        case .fields(let fields): for field in fields { field.write(row, at: &cursor) }
        }
    }

    /// One block of items and the 0 that ends them; nothing but the 0 where there are none.
    private static func blockSize(_ items: Range<Int32>, _ item: (Int) -> Int) -> Int {
        items.reduce(items.isEmpty ? 1 : size(Int64(items.count)) + 1) { $0 + item(Int($1)) }
    }

    private static func writeBlock(
        _ items: Range<Int32>, at cursor: inout UnsafeMutableRawPointer, _ item: (Int, inout UnsafeMutableRawPointer) -> Void
    ) {
        if !items.isEmpty {
            write(Int64(items.count), at: &cursor)
            for index in items { item(Int(index), &cursor) }
        }
        store(UInt8(0), at: &cursor)
    }

    // MARK: Numbers and text

    @inline(__always)
    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

    /// Bytes of a zigzag varint.
    @inline(__always)
    private static func size(_ value: Int64) -> Int { (70 &- (zigzag(value) | 1).leadingZeroBitCount) / 7 }

    @inline(__always)
    private static func size(_ source: TextSource, _ row: Int) -> Int {
        let length = source.length(row)
        return size(Int64(length)) &+ length
    }

    @inline(__always)
    private static func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at cursor: inout UnsafeMutableRawPointer) {
        cursor.storeBytes(of: value, as: Value.self)
        cursor += MemoryLayout<Value>.size
    }

    @inline(__always)
    private static func write(_ value: Int64, at cursor: inout UnsafeMutableRawPointer) {
        var rest = zigzag(value)
        while rest >= 0x80 {
            cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            cursor += 1
            rest &>>= 7
        }
        cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        cursor += 1
    }

    @inline(__always)
    private static func write(_ source: TextSource, _ row: Int, at cursor: inout UnsafeMutableRawPointer) {
        let text = source[row]
        write(Int64(text.count), at: &cursor)
        if let base = text.baseAddress { cursor.copyMemory(from: base, byteCount: text.count) }
        cursor += text.count
    }
}
