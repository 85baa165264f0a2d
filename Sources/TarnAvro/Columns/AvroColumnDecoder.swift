import TarnBase
package import TarnColumns

/// Decodes records of one Avro schema straight into columns: no value of a record exists on its own.
///
/// The schema is compiled once into readers, one for each place in it, each of which appends to the builder of its column.
/// Specification: Avro 1.11, "Binary Encoding"; which types become which columns: ``Schema/init(avro:droppingMetaFields:)``.
package final class AvroColumnDecoder {
    /// The columns that are decoded, in the writer's order.
    package let schema: Schema
    package private(set) var rowCount = 0

    private let builder: BatchBuilder
    private let fields: [AvroFieldReader]
    /// Whether finished text must be looked at: what is appended is not checked value by value.
    private let holdsText: Bool

    /// - Parameters:
    ///   - writer: The record schema the records were written with.
    ///   - columns: Names of the top-level columns wanted, those that the writer lacks passed over; nil for all. Others are
    ///     stepped over.
    /// - Throws: `unsupported` for a schema that columns cannot hold.
    package init(writer: AvroSchema, columns: Set<String>? = nil) throws(AvroError) {
        let all = try Schema(avro: writer)
        guard let record = writer.record else { throw AvroError(.unsupported, "rows need a record, not \(writer.kindName)") }
        guard Set(all.names).count == all.fields.count else { throw AvroError(.schema, "a column is named twice") }
        let wanted = columns ?? Set(all.names)
        schema = Schema(all.fields.filter { wanted.contains($0.name) })
        builder = BatchBuilder(schema: schema)
        let types = writer.namedTypes
        var fields: [AvroFieldReader] = []
        var next = 0
        for field in record.fields {
            let target = wanted.contains(field.name) ? builder.columns[next] : nil
            if target != nil { next += 1 }
            fields.append(try AvroFieldReader(field.schema, into: target, types: types, path: field.name))
        }
        self.fields = fields
        holdsText = schema.fields.contains { AvroColumnDecoder.holdsText($0.type) }
    }

    /// Memory held by the rows so far, for budgets.
    package var byteCount: Int { builder.byteCount }

    /// Appends the record that `bytes` hold, from first to last. After an error the decoder is of no further use.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(AvroError) {
        var cursor = AvroCursor(bytes: bytes)
        var budget = AvroValueBudget(byteCount: bytes.count)
        for field in fields { try field.read(&cursor, &budget) }
        guard cursor.isAtEnd else { throw cursor.fault("\(cursor.left) bytes behind the record") }
        builder.endRow()
        rowCount += 1
    }

    /// The rows so far; the decoder goes on empty.
    package func finish() throws(AvroError) -> RecordBatch {
        rowCount = 0
        let batch = builder.finish()
        if holdsText {
            for (column, field) in zip(batch.columns, schema.fields) where !AvroColumnDecoder.isLegalText(column) {
                throw AvroError(.data, "a string that is not UTF-8", path: field.name)
            }
        }
        return batch
    }

    private static func holdsText(_ type: DataType) -> Bool {
        switch type {
        case .string: true
        case .list(let element): holdsText(element.type)
        case .map: true
        case .struct(let fields): fields.contains { holdsText($0.type) }
        default: false
        }
    }

    private static func isLegalText(_ column: Column) -> Bool {
        switch column.values {
        case .list(_, let elements): isLegalText(elements)
        case .map(_, let keys, let values): isLegalText(keys) && isLegalText(values)
        case .fields(let columns): columns.allSatisfy { isLegalText($0) }
        default: column.type != .string || column.firstInvalidUTF8() == nil
        }
    }
}
