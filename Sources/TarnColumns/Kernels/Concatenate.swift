import TarnBase

extension Column {
    /// The columns one after the other. Text buffers are kept, a dictionary too if it is the same in all.
    ///
    /// - Precondition: `columns` is not empty, all have one type.
    package static func concatenate(_ columns: [Column]) -> Column {
        let type = columns[0].type
        precondition(columns.allSatisfy { $0.type == type }, "columns of different types")
        if columns.count == 1 { return columns[0] }
        let count = columns.reduce(0) { $0 + $1.count }
        let validity =
            columns.contains { $0.validity != nil }
            ? Bitmap.concatenate(columns.map { $0.validity ?? Bitmap(repeating: true, count: $0.count) }) : nil
        return Column(type, count: count, values: joinedValues(columns, type), validity: validity)
    }

    private static func joinedValues(_ columns: [Column], _ type: DataType) -> Values {
        if let dictionary = commonDictionary(columns) {
            return .dictionary(codes: joined(columns.map(\.codeBytes)), dictionary: dictionary)
        }
        switch type {
        case .boolean: return .bits(Bitmap.concatenate(columns.map(\.bitValues)))
        case .string, .binary: return .views(joinedViews(columns.map { $0.decoded() }))
        case .list, .map:
            let (offsets, ranges) = joinedOffsets(columns)
            let parts = columns[0].children.indices.map { part in
                concatenate(zip(columns, ranges).map { $0.children[part].slice($1) })
            }
            return parts.count == 1
                ? .list(offsets: offsets, elements: parts[0]) : .map(offsets: offsets, keys: parts[0], values: parts[1])
        case .struct(let fields):
            return .fields(fields.indices.map { field in concatenate(columns.map { $0.children[field] }) })
        default:
            return .fixed(
                joined(
                    columns.map { column in
                        guard case .fixed(let bytes) = column.decoded().values else { preconditionFailure("not fixed width") }
                        return bytes
                    }))
        }
    }

    private static func joined(_ parts: [Bytes]) -> Bytes {
        var builder = ByteBuilder(capacity: parts.reduce(0) { $0 + $1.count })
        for part in parts { builder.append(part) }
        return builder.finish()
    }

    private static func joinedViews(_ columns: [Column]) -> Views {
        let parts = columns.map { column in
            guard case .views(let views) = column.values else { preconditionFailure("not a text column") }
            return views
        }
        var numbers = BufferNumbers(parts.map(\.buffers))
        let views = fixedBytes(parts.reduce(0) { $0 + $1.count }, of: View.self) { target in
            var next = 0
            for (source, part) in parts.enumerated() {
                part.views.withValues(of: View.self) { views in
                    for view in views {
                        target[next] = numbers.renumber(view, source: source)
                        next &+= 1
                    }
                }
            }
        }
        return Views(views: views, buffers: numbers.buffers)
    }

    /// Offsets that begin at 0, and which child rows of each column they address.
    private static func joinedOffsets(_ columns: [Column]) -> (Bytes, [Range<Int>]) {
        var ranges: [Range<Int>] = []
        let offsets = fixedBytes(columns.reduce(1) { $0 + $1.count }, of: Int32.self) { target in
            target[0] = 0
            var next = 1
            var base = 0
            for column in columns {
                column.offsetBytes.withValues(of: Int32.self) { source in
                    let first = Int(source[0])
                    let last = Int(source[column.count])
                    ranges.append(first..<last)
                    precondition(base + last - first <= Int(Int32.max), "more than 2^31 list elements in one column")
                    for row in 0..<column.count {
                        target[next] = Int32(truncatingIfNeeded: base &+ Int(source[row &+ 1]) &- first)
                        next &+= 1
                    }
                    base += last - first
                }
            }
        }
        return (offsets, ranges)
    }

    /// The same values without a dictionary, at the top; columns without one are returned as they are.
    package func decoded() -> Column {
        guard case .dictionary(let codes, let dictionary) = values else { return self }
        if dictionary.count == 0 { return Column.nulls(type, count: count) }
        let plain = codes.withValues(of: UInt32.self) { dictionary.gather($0) }
        return Column(type, count: count, values: plain.values, validity: validity).clearingNulls()
    }

    /// Null slots of a decoded column hold entry 0 of the dictionary; this puts back the harmless content.
    private func clearingNulls() -> Column {
        guard let validity else { return self }
        let cleared: Values
        switch values {
        case .fixed(let bytes): cleared = .fixed(Column.clear(bytes, width: type.fixedWidth ?? 0, validity))
        case .views(let views):
            cleared = .views(Views(views: Column.clear(views.views, width: 16, validity), buffers: views.buffers))
        default: return self
        }
        return Column(type, count: count, values: cleared, validity: validity)
    }

    private static func clear(_ bytes: Bytes, width: Int, _ validity: Bitmap) -> Bytes {
        Bytes(unsafeUninitializedCapacity: bytes.count) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
            guard let base = target.baseAddress else { return 0 }
            for row in (!validity).setRows {
                (base + Int(row) &* width).initializeMemory(as: UInt8.self, repeating: 0, count: width)
            }
            return bytes.count
        }
    }
}

extension RecordBatch {
    /// The batches one after the other.
    ///
    /// - Precondition: `batches` is not empty, all have the column types of the first.
    package static func concatenate(_ batches: [RecordBatch]) -> RecordBatch {
        if batches.count == 1 { return batches[0] }
        let columns = batches[0].columns.indices.map { column in Column.concatenate(batches.map { $0.columns[column] }) }
        return RecordBatch(schema: batches[0].schema, columns: columns, rowCount: batches.reduce(0) { $0 + $1.rowCount })
    }
}
