import TarnBase

/// A table of the FlatBuffers format, put together in memory and laid out at once: tables, strings and vectors stand behind what
/// refers to them.
///
///     buffer := offset of the root table (UInt32), then objects
///     table  := distance back to its vtable (Int32), then its fields
///     vtable := bytes of itself, bytes of the table (UInt16 each), for each field its place in the table or 0 (UInt16)
///
/// Only what an Arrow schema needs: no structs, no shared strings. Specification: FlatBuffers, *Internals*.
struct FlatTable {
    indirect enum Value {
        case byte(UInt8)
        case short(Int16)
        case int(Int32)
        case long(Int64)
        case text(String)
        case table(FlatTable)
        case tables([FlatTable])

        fileprivate var width: Int {
            switch self {
            case .byte: 1
            case .short: 2
            case .int, .text, .table, .tables: 4
            case .long: 8
            }
        }
    }

    /// By slot; nil is the field's default.
    private var fields: [Value?]

    init(_ fields: [Value?]) { self.fields = fields }

    /// The buffer with this table for its root, its length a multiple of 8.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 0, 0]
        let root = append(to: &bytes)
        FlatTable.set(&bytes, 0, UInt32(root))
        FlatTable.align(&bytes, 8)
        return bytes
    }

    /// - Returns: Where the table begins.
    private func append(to bytes: inout [UInt8]) -> Int {
        // The widest first, so that nothing but the front needs room in between.
        let order = fields.indices.filter { fields[$0] != nil }.sorted { ((fields[$1]?.width ?? 0), $0) < ((fields[$0]?.width ?? 0), $1) }
        let vtableByteCount = 4 + 2 * fields.count
        FlatTable.align(&bytes, 2)
        let vtable = bytes.count
        bytes += [UInt8](repeating: 0, count: vtableByteCount)
        FlatTable.align(&bytes, 8, after: order.first.map { fields[$0]?.width == 8 } ?? false ? 4 : 0)
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: 4)
        FlatTable.set(&bytes, start, Int32(start - vtable))
        var places: [(place: Int, value: Value)] = []
        for slot in order {
            guard let value = fields[slot] else { continue }
            FlatTable.set(&bytes, vtable + 4 + 2 * slot, UInt16(bytes.count - start))
            switch value {
            case .byte(let value): bytes.append(value)
            case .short(let value): FlatTable.append(&bytes, value)
            case .int(let value): FlatTable.append(&bytes, value)
            case .long(let value): FlatTable.append(&bytes, value)
            case .text, .table, .tables:
                places.append((bytes.count, value))
                FlatTable.append(&bytes, UInt32(0))
            }
        }
        FlatTable.set(&bytes, vtable, UInt16(vtableByteCount))
        FlatTable.set(&bytes, vtable + 2, UInt16(bytes.count - start))
        for (place, value) in places { FlatTable.set(&bytes, place, UInt32(FlatTable.append(value, to: &bytes) - place)) }
        return start
    }

    /// What a field refers to. - Returns: Where it begins.
    private static func append(_ value: Value, to bytes: inout [UInt8]) -> Int {
        switch value {
        case .table(let table): return table.append(to: &bytes)
        case .text(let text):
            align(&bytes, 4)
            let start = bytes.count
            append(&bytes, UInt32(text.utf8.count))
            bytes += text.utf8
            bytes.append(0)
            return start
        case .tables(let tables):
            align(&bytes, 4)
            let start = bytes.count
            append(&bytes, UInt32(tables.count))
            bytes += [UInt8](repeating: 0, count: 4 * tables.count)
            for (index, table) in tables.enumerated() {
                let place = start + 4 + 4 * index
                set(&bytes, place, UInt32(table.append(to: &bytes) - place))
            }
            return start
        case .byte, .short, .int, .long: preconditionFailure("a value that stands in its table")
        }
    }

    private static func align(_ bytes: inout [UInt8], _ alignment: Int, after extra: Int = 0) {
        while (bytes.count + extra) % alignment != 0 { bytes.append(0) }
    }

    private static func append<Number: FixedWidthInteger>(_ bytes: inout [UInt8], _ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    private static func set<Number: FixedWidthInteger>(_ bytes: inout [UInt8], _ place: Int, _ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { for (index, byte) in $0.enumerated() { bytes[place + index] = byte } }
    }
}
