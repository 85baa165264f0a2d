package import TarnBase

/// Comma-separated values with a header, quoted as RFC 4180 says; lines end in LF unless told otherwise.
///
/// A null is an empty field, an empty text is `""`. Values look as in ``NDJSONWriter``, without the quotes that JSON
/// puts around text; nested values are JSON.
package struct CSVWriter: RowTextWriter {
    private let names: [String]
    private let lineEnd: Bytes
    private var hasHeader = false

    package init(schema: Schema, lineEnd: String = "\n") {
        names = schema.names
        self.lineEnd = Bytes(lineEnd)
    }

    package mutating func append(_ batch: RecordBatch) -> Bytes {
        precondition(batch.columns.count == names.count)
        let sink = TextSink(capacity: 64 * batch.rowCount)
        appendHeader(sink)
        let values = batch.columns.map { ValueText($0, .plain) }
        let field = TextSink()
        for row in 0..<batch.rowCount {
            for column in values.indices {
                if column > 0 { sink.append(byte: UInt8(ascii: ",")) }
                guard !values[column].isNull(row) else { continue }
                field.removeAll()
                values[column].print(row, into: field)
                CSVWriter.append(field.written, to: sink)
            }
            lineEnd.withUnsafeBytes { sink.append(bytes: $0) }
        }
        return sink.finish()
    }

    /// The header, if there was no batch.
    package mutating func finish() -> Bytes {
        let sink = TextSink()
        appendHeader(sink)
        return sink.finish()
    }

    private mutating func appendHeader(_ sink: TextSink) {
        guard !hasHeader else { return }
        hasHeader = true
        for (index, name) in names.enumerated() {
            if index > 0 { sink.append(byte: UInt8(ascii: ",")) }
            Bytes(name).withUnsafeBytes { CSVWriter.append($0, to: sink) }
        }
        lineEnd.withUnsafeBytes { sink.append(bytes: $0) }
    }

    private static func append(_ field: UnsafeRawBufferPointer, to sink: TextSink) {
        let needsQuotes =
            field.isEmpty
            || field.contains {
                $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
            }
        guard needsQuotes else {
            sink.append(bytes: field)
            return
        }
        sink.append(byte: UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { sink.append(byte: byte) }
            sink.append(byte: byte)
        }
        sink.append(byte: UInt8(ascii: "\""))
    }
}
