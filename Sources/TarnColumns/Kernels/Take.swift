import TarnBase

extension Column {
    /// The rows of these numbers, in this order; a row may occur any number of times. Views keep their buffers and
    /// dictionary columns their dictionary, so nothing but 16 or 4 bytes a row moves.
    package func take(_ rows: [UInt32]) -> Column {
        precondition((rows.max()).map { Int($0) < count } ?? true, "a row beyond the column")
        return rows.withUnsafeBufferPointer { gather($0) }
    }

    /// ``take(_:)`` of rows that are known to exist.
    func gather(_ rows: UnsafeBufferPointer<UInt32>) -> Column {
        let gathered: Values =
            switch values {
            case .bits(let bits): .bits(bits.gather(rows))
            case .fixed(let bytes): .fixed(Column.gather(bytes, width: type.fixedWidth ?? 0, rows))
            case .views(let views): .views(Views(views: Column.gather(views.views, width: 16, rows), buffers: views.buffers))
            case .dictionary(let codes, let dictionary):
                .dictionary(codes: Column.gather(codes, width: 4, rows), dictionary: dictionary)
            case .list(let offsets, let elements):
                Column.gatherLists(offsets, rows) { .list(offsets: $0, elements: elements.gather($1)) }
            case .map(let offsets, let keys, let values):
                Column.gatherLists(offsets, rows) { .map(offsets: $0, keys: keys.gather($1), values: values.gather($1)) }
            case .fields(let columns): .fields(columns.map { $0.gather(rows) })
            }
        return Column(type, count: rows.count, values: gathered, validity: validity?.gather(rows))
    }

    static func gather(_ bytes: Bytes, width: Int, _ rows: UnsafeBufferPointer<UInt32>) -> Bytes {
        switch width {
        case 4: gather(bytes, as: UInt32.self, rows)
        case 8: gather(bytes, as: UInt64.self, rows)
        default: gather(bytes, as: View.self, rows)
        }
    }

    @inline(__always)
    private static func gather<Value: BitwiseCopyable>(
        _ bytes: Bytes, as type: Value.Type, _ rows: UnsafeBufferPointer<UInt32>
    ) -> Bytes {
        bytes.withValues(of: type) { source in
            fixedBytes(rows.count, of: type) { target in
                for index in 0..<rows.count { target[index] = source[Int(rows[index])] }
            }
        }
    }

    /// New offsets, and the child rows of the lists taken.
    private static func gatherLists(
        _ offsets: Bytes, _ rows: UnsafeBufferPointer<UInt32>, _ make: (Bytes, UnsafeBufferPointer<UInt32>) -> Values
    ) -> Values {
        offsets.withValues(of: Int32.self) { source in
            var total = 0
            let ends = fixedBytes(rows.count + 1, of: Int32.self) { target in
                target[0] = 0
                for index in 0..<rows.count {
                    let row = Int(rows[index])
                    total &+= Int(source[row &+ 1]) &- Int(source[row])
                    target[index &+ 1] = Int32(truncatingIfNeeded: total)
                }
            }
            precondition(total <= Int(Int32.max), "more than 2^31 list elements in one column")
            let children = [UInt32](unsafeUninitializedCapacity: total) { children, filled in
                for row in rows {
                    for child in source[Int(row)]..<source[Int(row) &+ 1] {
                        children[filled] = UInt32(bitPattern: child)
                        filled &+= 1
                    }
                }
            }
            return children.withUnsafeBufferPointer { make(ends, $0) }
        }
    }
}

extension RecordBatch {
    /// The rows of these numbers, in this order.
    package func take(_ rows: [UInt32]) -> RecordBatch {
        RecordBatch(schema: schema, columns: columns.map { $0.take(rows) }, rowCount: rows.count)
    }
}
