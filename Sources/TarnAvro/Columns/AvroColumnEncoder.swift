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
    /// - Precondition: `batch` has the schema's columns.
    /// - Throws: `mismatch` for a null where the schema takes none.
    package func encodeWithLengths(_ batch: RecordBatch) throws(AvroError) -> Bytes {
        precondition(batch.schema.fields.map(\.type) == schema.fields.map(\.type), "rows of other columns than the record's")
        let rows = batch.rowCount
        guard rows > 0 else { return Bytes() }
        defer { withExtendedLifetime(batch) {} }
        let check = AvroFieldWriter.NullCheck()
        let writers = zip(batch.columns, schema.fields).map { AvroFieldWriter($0, isNullable: $1.isNullable, path: $1.name, check) }
        var sizes = [Int](repeating: 0, count: rows)
        sizes.withUnsafeMutableBufferPointer { sizes in for writer in writers { writer.addSizes(rows, to: sizes) } }
        if let path = check.path { throw AvroError(.mismatch, "a null where the schema takes none", path: path) }
        let total = sizes.reduce(4 * rows, +)
        return Bytes(unsafeUninitializedCapacity: total) { buffer in
            guard var next = buffer.baseAddress else { return 0 }
            var cursors: [UnsafeMutableRawPointer] = []
            cursors.reserveCapacity(rows)
            for size in sizes {
                next.storeBytes(of: UInt32(truncatingIfNeeded: size).bigEndian, as: UInt32.self)
                cursors.append(next + 4)
                next += 4 + size
            }
            cursors.withUnsafeMutableBufferPointer { cursors in for writer in writers { writer.write(rows, at: cursors) } }
            return total
        }
    }
}
