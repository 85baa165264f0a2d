import TarnBase

extension Column {
    /// `count` nulls.
    package static func nulls(_ type: DataType, count: Int) -> Column {
        func zeros(_ byteCount: Int) -> Bytes {
            Bytes(unsafeUninitializedCapacity: byteCount) { buffer in
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                return byteCount
            }
        }
        let values: Values =
            switch type {
            case .boolean: .bits(Bitmap(repeating: false, count: count))
            case .string, .binary: .views(Views(views: zeros(count * 16), buffers: []))
            case .list(let element): .list(offsets: zeros(count * 4 + 4), elements: nulls(element.type, count: 0))
            case .map(let key, let value):
                .map(offsets: zeros(count * 4 + 4), keys: nulls(key.type, count: 0), values: nulls(value.type, count: 0))
            case .struct(let fields): .fields(fields.map { nulls($0.type, count: count) })
            default: .fixed(zeros(count * (type.fixedWidth ?? 0)))
            }
        return Column(type, count: count, values: values, validity: Bitmap(repeating: false, count: count))
    }

    /// `count` times `cell`, which fits `type`: a dictionary of one entry for flat types.
    package static func constant(_ type: DataType, _ cell: Cell, count: Int) -> Column {
        if cell.isNull { return nulls(type, count: count) }
        let one = Column(type, cells: [cell])
        if type == .boolean || type.isNested {
            return [UInt32](repeating: 0, count: count).withUnsafeBufferPointer { one.gather($0) }
        }
        let codes = Bytes(unsafeUninitializedCapacity: count * 4) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            return count * 4
        }
        return Column(type, count: count, values: .dictionary(codes: codes, dictionary: one))
    }

    /// `count` times the same text.
    package static func constant(_ text: String, count: Int) -> Column {
        constant(.string, .text(Bytes(text)), count: count)
    }
}
