package import TarnBase

/// One JSON object a line, members in the schema's order (cli.md, `tarn query --format ndjson`).
///
/// Integers exactly; floating-point numbers with the shortest digits in their own width, NaN and infinities as strings;
/// decimals as strings with their scale; binary values in base64; dates `yyyy-MM-dd`; timestamps RFC 3339 in UTC with all
/// digits of their unit; maps as objects when their keys are strings, else as arrays of `[key, value]`.
package struct NDJSONWriter: RowTextWriter {
    private let prefixes: [Bytes]

    package init(schema: Schema) {
        prefixes = schema.fields.indices.map { NDJSONWriter.memberPrefix(schema.fields[$0].name, isFirst: $0 == 0) }
    }

    /// `,"name":`
    static func memberPrefix(_ name: String, isFirst: Bool) -> Bytes {
        let sink = TextSink()
        if !isFirst { sink.append(byte: UInt8(ascii: ",")) }
        Bytes(name).withUnsafeBytes { sink.append(jsonString: $0) }
        sink.append(byte: UInt8(ascii: ":"))
        return sink.finish()
    }

    package func append(_ batch: RecordBatch) -> Bytes {
        precondition(batch.columns.count == prefixes.count)
        let values = batch.columns.map { ValueText($0, .json) }
        let sink = TextSink(capacity: 64 * batch.rowCount)
        for row in 0..<batch.rowCount {
            sink.append(byte: UInt8(ascii: "{"))
            for column in values.indices {
                prefixes[column].withUnsafeBytes { sink.append(bytes: $0) }
                values[column].print(row, into: sink)
            }
            sink.append(byte: UInt8(ascii: "}"))
            sink.append(byte: UInt8(ascii: "\n"))
        }
        return sink.finish()
    }

    package func finish() -> Bytes { Bytes() }
}
