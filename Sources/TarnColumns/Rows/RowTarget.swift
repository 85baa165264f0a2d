import TarnBase

/// Decodes one column of many rows, moving each row's cursor behind its value.
enum RowTarget {
    static func decode(
        _ type: DataType, _ rows: inout [RowCursor], _ bits: [UnsafeRawPointer], bit: Int
    ) throws(ColumnError) -> Column {
        switch type.fixedWidth {
        case 4: return try decodeFixed(type, as: UInt32.self, &rows, bits, bit)
        case 8: return try decodeFixed(type, as: UInt64.self, &rows, bits, bit)
        case 16: return try decodeFixed(type, as: View.self, &rows, bits, bit)
        default: break
        }
        if type == .string || type == .binary { return try decodeText(type, &rows, bits, bit) }
        let builder = ColumnBuilder.make(type)
        for row in rows.indices {
            if !RowCursor.bit(bits[row], bit) {
                builder.appendNull()
            } else if !append(&rows[row], to: builder) {
                throw RowCoder.corrupt(row)
            }
        }
        return builder.finish()
    }

    @inline(__always)
    private static func decodeFixed<Value: BitwiseCopyable>(
        _ type: DataType, as carrier: Value.Type, _ rows: inout [RowCursor], _ bits: [UnsafeRawPointer], _ bit: Int
    ) throws(ColumnError) -> Column {
        let width = MemoryLayout<Value>.stride
        let count = rows.count
        var failed: Int?
        let values = rows.withUnsafeMutableBufferPointer { rows in
            fixedBytes(count, of: carrier) { target in
                for row in 0..<count {
                    if !RowCursor.bit(bits[row], bit) {
                        UnsafeMutableRawPointer(target + row).initializeMemory(as: UInt8.self, repeating: 0, count: width)
                    } else if let place = rows[row].take(width) {
                        target[row] = place.loadUnaligned(as: carrier)
                    } else {
                        failed = failed ?? row
                        UnsafeMutableRawPointer(target + row).initializeMemory(as: UInt8.self, repeating: 0, count: width)
                    }
                }
            }
        }
        if let failed { throw RowCoder.corrupt(failed) }
        return Column(type, count: count, values: .fixed(values), validity: validity(bits, bit))
    }

    private static func decodeText(
        _ type: DataType, _ rows: inout [RowCursor], _ bits: [UnsafeRawPointer], _ bit: Int
    ) throws(ColumnError) -> Column {
        let text = TextBuffers()
        let count = rows.count
        var failed: Int?
        let views = rows.withUnsafeMutableBufferPointer { rows in
            fixedBytes(count, of: View.self) { target in
                for row in 0..<count {
                    target[row] = .empty
                    guard RowCursor.bit(bits[row], bit) else { continue }
                    guard let length = rows[row].takeLength(), let place = rows[row].take(length) else {
                        failed = failed ?? row
                        continue
                    }
                    target[row] = text.append(UnsafeRawBufferPointer(start: place, count: length))
                }
            }
        }
        if let failed { throw RowCoder.corrupt(failed) }
        let values = Views(views: views, buffers: text.finish())
        return Column(type, count: count, values: .views(values), validity: validity(bits, bit))
    }

    private static func validity(_ bits: [UnsafeRawPointer], _ bit: Int) -> Bitmap {
        bits.withUnsafeBufferPointer { bits in Bitmap.make(bits.count) { RowCursor.bit(bits[$0], bit) } }
    }

    /// Appends one value that is there; false when the bytes do not hold it.
    private static func append(_ cursor: inout RowCursor, to builder: ColumnBuilder) -> Bool {
        switch builder {
        case let list as ListBuilder:
            guard let length = cursor.takeLength(), append(length, &cursor, to: list.elements, nullable: true) else { return false }
            list.endList()
        case let map as MapBuilder:
            guard let length = cursor.takeLength(), append(length, &cursor, to: map.keys, nullable: false),
                append(length, &cursor, to: map.values, nullable: true)
            else { return false }
            map.endMap()
        case let row as StructBuilder:
            guard let bits = cursor.take((row.fields.count + 7) / 8) else { return false }
            for (index, field) in row.fields.enumerated() {
                if !RowCursor.bit(bits, index) {
                    field.appendNull()
                } else if !append(&cursor, to: field) {
                    return false
                }
            }
            row.endStruct()
        default: return appendFlat(&cursor, to: builder)
        }
        return true
    }

    private static func append(_ count: Int, _ cursor: inout RowCursor, to builder: ColumnBuilder, nullable: Bool) -> Bool {
        guard let bits = cursor.take(nullable ? (count + 7) / 8 : 0) else { return false }
        for index in 0..<count {
            if nullable, !RowCursor.bit(bits, index) {
                builder.appendNull()
            } else if !append(&cursor, to: builder) {
                return false
            }
        }
        return true
    }

    private static func appendFlat(_ cursor: inout RowCursor, to builder: ColumnBuilder) -> Bool {
        if builder.type == .string || builder.type == .binary {
            guard let length = cursor.takeLength(), let place = cursor.take(length) else { return false }
            builder.appendUTF8(UnsafeRawBufferPointer(start: place, count: length))
            return true
        }
        guard let place = cursor.take(builder.type.fixedWidth ?? 1) else { return false }
        switch builder.type {
        case .boolean: builder.appendBoolean(place.load(as: UInt8.self) != 0)
        case .int32, .date: builder.appendInt32(place.loadUnaligned(as: Int32.self))
        case .float: builder.appendFloat(place.loadUnaligned(as: Float.self))
        case .double: builder.appendDouble(place.loadUnaligned(as: Double.self))
        case .decimal: builder.appendDecimal(place.loadUnaligned(as: Int128.self))
        default: builder.appendInt64(place.loadUnaligned(as: Int64.self))
        }
        return true
    }
}
