import TarnBase

/// A row of one of several batches.
@frozen
package struct RowReference: BitwiseCopyable, Hashable, Sendable {
    package let batch: UInt32
    package let row: UInt32

    @inlinable
    package init(batch: UInt32, row: UInt32) {
        self.batch = batch
        self.row = row
    }
}

extension Column {
    /// The referenced rows of columns of one type, in the order of the references.
    ///
    /// Views move as 16 bytes and keep the buffers that are used. The result is dictionary coded when all columns have
    /// the very same dictionary, plain otherwise.
    ///
    /// - Precondition: `columns` is not empty, all have one type.
    package static func interleave(_ columns: [Column], _ rows: [RowReference]) -> Column {
        check(rows, counts: columns.map(\.count))
        return rows.withUnsafeBufferPointer { gather(columns, $0) }
    }

    fileprivate static func check(_ rows: [RowReference], counts: [Int]) {
        precondition(!counts.isEmpty && counts.allSatisfy { $0 <= Int(UInt32.max) })
        for reference in rows {
            precondition(
                Int(reference.batch) < counts.count && Int(reference.row) < counts[Int(reference.batch)],
                "a reference to a row that is not there")
        }
    }

    /// ``interleave(_:_:)`` of references that are known to be good.
    fileprivate static func gather(_ columns: [Column], _ rows: UnsafeBufferPointer<RowReference>) -> Column {
        let type = columns[0].type
        precondition(columns.allSatisfy { $0.type == type }, "columns of different types")
        if columns.count == 1 {
            return rows.map(\.row).withUnsafeBufferPointer { columns[0].gather($0) }
        }
        defer { withExtendedLifetime(columns) {} }
        let gathered: Values
        switch type {
        case .boolean:
            gathered = .bits(gatherBits(columns.map(\.bitValues), rows))
        case .list, .map:
            gathered = gatherLists(columns, rows)
        case .struct(let fields):
            gathered = .fields(
                fields.indices.map { field in gather(columns.map { $0.children[field] }, rows) })
        default:
            gathered = gatherFlat(columns, rows)
        }
        return Column(type, count: rows.count, values: gathered, validity: gatherValidity(columns, rows))
    }

    private static func gatherFlat(_ columns: [Column], _ rows: UnsafeBufferPointer<RowReference>) -> Values {
        if let dictionary = commonDictionary(columns) {
            let codes = columns.map(\.codeBytes.unsafePointer)
            let gathered = fixedBytes(rows.count, of: UInt32.self) { target in
                for (index, reference) in rows.enumerated() {
                    target[index] = codes[Int(reference.batch)]
                        .load(fromByteOffset: Int(reference.row) &* 4, as: UInt32.self)
                }
            }
            return .dictionary(codes: gathered, dictionary: dictionary)
        }
        let sources = columns.compactMap { FlatValues($0) }
        switch columns[0].type.fixedWidth {
        case 4: return .fixed(gatherFixed(sources, as: UInt32.self, rows))
        case 8: return .fixed(gatherFixed(sources, as: UInt64.self, rows))
        case 16: return .fixed(gatherFixed(sources, as: View.self, rows))
        default:
            var numbers = BufferNumbers(columns.map(\.textBuffers))
            let views = sources.withUnsafeBufferPointer { sources in
                fixedBytes(rows.count, of: View.self) { target in
                    for (index, reference) in rows.enumerated() {
                        let source = Int(reference.batch)
                        let view = sources[source].load(Int(reference.row), as: View.self)
                        target[index] = numbers.renumber(view, source: source)
                    }
                }
            }
            return .views(Views(views: views, buffers: numbers.buffers))
        }
    }

    @inline(__always)
    private static func gatherFixed<Value: BitwiseCopyable>(
        _ sources: [FlatValues], as type: Value.Type, _ rows: UnsafeBufferPointer<RowReference>
    ) -> Bytes {
        sources.withUnsafeBufferPointer { sources in
            fixedBytes(rows.count, of: type) { target in
                for (index, reference) in rows.enumerated() {
                    target[index] = sources[Int(reference.batch)].load(Int(reference.row), as: type)
                }
            }
        }
    }

    private static func gatherBits(_ bitmaps: [Bitmap], _ rows: UnsafeBufferPointer<RowReference>) -> Bitmap {
        defer { withExtendedLifetime(bitmaps) {} }
        let pointers = bitmaps.map { UnsafeRawBufferPointer(start: $0.bytes.unsafePointer, count: $0.bytes.count) }
        return pointers.withUnsafeBufferPointer { pointers in
            Bitmap.make(rows.count) { pointers[Int(rows[$0].batch)].bit(Int(rows[$0].row)) }
        }
    }

    private static func gatherValidity(_ columns: [Column], _ rows: UnsafeBufferPointer<RowReference>) -> Bitmap? {
        guard columns.contains(where: { $0.validity != nil }) else { return nil }
        return gatherBits(columns.map { $0.validity ?? Bitmap(repeating: true, count: $0.count) }, rows)
    }

    private static func gatherLists(_ columns: [Column], _ rows: UnsafeBufferPointer<RowReference>) -> Values {
        let sources = columns.map { $0.offsetBytes.unsafePointer.assumingMemoryBound(to: Int32.self) }
        var total = 0
        let ends = fixedBytes(rows.count + 1, of: Int32.self) { target in
            target[0] = 0
            for (index, reference) in rows.enumerated() {
                let offsets = sources[Int(reference.batch)] + Int(reference.row)
                total &+= Int(offsets[1]) &- Int(offsets[0])
                target[index &+ 1] = Int32(truncatingIfNeeded: total)
            }
        }
        precondition(total <= Int(Int32.max), "more than 2^31 list elements in one column")
        let children = [RowReference](unsafeUninitializedCapacity: total) { children, filled in
            for reference in rows {
                let offsets = sources[Int(reference.batch)] + Int(reference.row)
                for child in offsets[0]..<offsets[1] {
                    children[filled] = RowReference(batch: reference.batch, row: UInt32(bitPattern: child))
                    filled &+= 1
                }
            }
        }
        return children.withUnsafeBufferPointer { children in
            let parts = columns[0].children.indices.map { part in gather(columns.map { $0.children[part] }, children) }
            return parts.count == 1
                ? .list(offsets: ends, elements: parts[0]) : .map(offsets: ends, keys: parts[0], values: parts[1])
        }
    }
}

extension RecordBatch {
    /// The referenced rows of batches of one schema, in the order of the references.
    ///
    /// - Precondition: `batches` is not empty, all have the column types of the first.
    package static func interleave(_ batches: [RecordBatch], _ rows: [RowReference]) -> RecordBatch {
        Column.check(rows, counts: batches.map(\.rowCount))
        let columns = rows.withUnsafeBufferPointer { rows in
            batches[0].columns.indices.map { column in Column.gather(batches.map { $0.columns[column] }, rows) }
        }
        return RecordBatch(schema: batches[0].schema, columns: columns, rowCount: rows.count)
    }
}
