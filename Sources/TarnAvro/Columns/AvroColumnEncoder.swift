package import TarnBase
package import TarnColumns

/// Encodes rows as records of one Avro schema, column by column: no value of a record exists on its own.
///
/// The records' schema is what ``AvroSchema/init(_:table:withMetaFields:)`` makes of the columns: a nullable column is a union
/// with null in front. Specification: Avro 1.11, "Binary Encoding". The counterpart of ``AvroColumnDecoder``.
package struct AvroColumnEncoder: Sendable {
    /// The columns of every batch, in the order of the record's fields.
    package let schema: Schema

    /// - Throws: `unsupported` for columns that Avro cannot hold: maps whose keys are no strings.
    package init(_ schema: Schema) throws(AvroError) {
        for field in schema.fields { try AvroColumnEncoder.check(field.type, path: field.name) }
        self.schema = schema
    }

    private static func check(_ type: DataType, path: String) throws(AvroError) {
        switch type {
        case .list(let element): try check(element.type, path: path.joined("element"))
        case .struct(let fields): for field in fields { try check(field.type, path: path.joined(field.name)) }
        case .map(let key, let value):
            guard key.type == .string else { throw AvroError(.unsupported, "a map with keys of type \(key.type)", path: path) }
            try check(value.type, path: path.joined("value"))
        default: break
        }
    }

    /// The records of a batch one behind the other, each with its length in front: 4 bytes, big-endian, as the data blocks
    /// of Hudi's logs have them.
    ///
    /// - Precondition: `batch` has the schema's columns, and no null where the schema takes none.
    package func encodeWithLengths(_ batch: RecordBatch) -> Bytes {
        precondition(batch.schema.fields.map(\.type) == schema.fields.map(\.type), "rows of other columns than the record's")
        let rows = batch.rowCount
        guard rows > 0 else { return Bytes() }
        defer { withExtendedLifetime(batch) {} }
        let writers = zip(batch.columns, schema.fields).map { column, field in
            precondition(field.isNullable || column.nullCount == 0, "a null in the column \(field.name)")
            return AvroFieldWriter(column, isNullable: field.isNullable)
        }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: rows) { sizes in
            sizes.initialize(repeating: 0)
            for writer in writers { writer.addSizes(rows, to: sizes) }
            let total = sizes.reduce(4 * rows, +)
            return Bytes(unsafeUninitializedCapacity: total) { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: rows) { cursors in
                    var next = start
                    for row in 0..<rows {
                        next.storeBytes(of: UInt32(truncatingIfNeeded: sizes[row]).bigEndian, as: UInt32.self)
                        cursors.initializeElement(at: row, to: next + 4)
                        next += 4 + sizes[row]
                    }
                    for writer in writers { writer.write(rows, at: cursors) }
                }
                return total
            }
        }
    }
}
