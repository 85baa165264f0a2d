package import TarnColumns

/// Footer entries that tell other engines which types of theirs the columns are. Base files of tables have none: Hudi's writers give
/// the Avro schema instead.
package struct SchemaHints: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `ARROW:schema`: the types pyarrow and others built on Arrow give the columns. Any schema has them.
    package static let arrow = SchemaHints(rawValue: 1)
    /// `org.apache.spark.sql.parquet.row.metadata`: Spark's. It has no times of day and no nanoseconds.
    package static let spark = SchemaHints(rawValue: 2)

    /// - Throws: `unsupported`, naming the column, for a type that an engine does not have.
    package func entries(for schema: Schema) throws(ParquetError) -> [(key: String, value: String)] {
        var entries: [(key: String, value: String)] = []
        if contains(.arrow) { entries.append((ArrowSchemaHint.key, ArrowSchemaHint.value(for: schema))) }
        if contains(.spark) { entries.append((SparkSchemaHint.key, try SparkSchemaHint.value(for: schema))) }
        return entries
    }
}
