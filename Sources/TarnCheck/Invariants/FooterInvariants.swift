import TarnAvro
import TarnColumns
import TarnParquet
import TarnTable

/// What must hold of a base file's footer (hudi-format §4.2, §4.3).
struct FooterInvariants {
    let file: BaseFile
    let reader: BaseFileReader
    let properties: TableProperties
    /// Of the commit that wrote the file; nil where it is not known.
    let commitColumns: CommitColumns?
    /// What the commit's write stat says; nil where no active commit names the file.
    let named: TableFacts.NamedFile?

    func check() -> [Finding] {
        var findings = columns() + physicalTypes()
        if let named, named.writes != reader.rowCount {
            findings.append(finding(.rowCounts, "\(reader.rowCount) rows; the commit says numWrites \(named.writes)"))
        }
        findings += avroSchema()
        return properties.hasMetaFields ? findings + bloomFilter() + keyRange() : findings
    }

    private func finding(_ invariant: Invariant, _ message: String, severity: Severity? = nil) -> Finding {
        Finding(invariant, at: file.relativePath, instant: file.instant, message, severity: severity)
    }

    // MARK: Columns

    private func columns() -> [Finding] {
        let fields = reader.schema.fields
        let first = fields.prefix(MetaFields.names.count)
        var findings: [Finding] = []
        if first.map(\.name) != MetaFields.names {
            findings.append(finding(.footerDecodes, "the first columns are \(first.map(\.name).joined(separator: ", ")), not the five meta fields"))
        } else if let wrong = first.first(where: { $0.type != .string }) {
            findings.append(finding(.footerDecodes, "\(wrong.name) is \(wrong.type), not string"))
        }
        guard let commitColumns else { return findings }
        let own = MetaFields.removed(from: reader.schema)
        if let difference = SchemaShape.difference(own, commitColumns.schema) {
            findings.append(finding(.commitSchema, "the file's columns are not those of its commit's schema: \(difference)"))
        }
        return findings
    }

    /// Hudi's Avro reader converts neither of these.
    private func physicalTypes() -> [Finding] {
        reader.metadata.tree.leaves.compactMap { leaf in
            if leaf.physicalType == .int96 { return finding(.footerEntries, "\(leaf.name) is an INT96: Hudi's readers cannot convert it") }
            if leaf.type == .timestamp(.nanoseconds) { return finding(.footerEntries, "\(leaf.name) counts nanoseconds: Hudi's readers cannot convert it") }
            return nil
        }
    }

    // MARK: Entries

    private var isTarns: Bool { reader.metadata.createdBy?.hasPrefix("tarn ") ?? false }
    private var isRowWriters: Bool {
        reader.metadata.keyValue("org.apache.spark.sql.parquet.row.metadata") != nil || reader.metadata.keyValue("org.apache.spark.version") != nil
    }

    private func avroSchema() -> [Finding] {
        let name = BaseFileFooter.avroSchema
        guard let text = reader.avroSchemaText else {
            return isRowWriters ? [] : [finding(.footerEntries, "\(name) is missing: Hudi's Avro reader derives other names from the file")]
        }
        do {
            let avro = try AvroSchema(parsing: text)
            guard case .record(let record) = avro.shape else { return [finding(.footerEntries, "\(name) is no record")] }
            if record.fields.prefix(MetaFields.names.count).map(\.name) != MetaFields.names {
                return [finding(.footerEntries, "\(name) does not begin with the five meta fields")]
            }
            if let expected = commitColumns?.recordName, expected != record.name.fullName {
                return [finding(.footerEntries, "\(name) is the record \(record.name.fullName), the commit's schema \(expected)")]
            }
            let schema = try Schema(avro: avro, droppingMetaFields: true)
            guard let difference = SchemaShape.difference(MetaFields.removed(from: reader.schema), MetaFields.removed(from: schema)) else { return [] }
            return [finding(.footerEntries, "\(name) is not the schema of the file: \(difference)")]
        } catch where error.code == .unsupported {
            return [finding(.unsupported, "\(name) has a type that is not judged: \(TableError(error).message)")]
        } catch {
            return [finding(.footerEntries, "\(name) does not parse: \(TableError(error).message)")]
        }
    }

    private func bloomFilter() -> [Finding] {
        do {
            if try reader.bloomFilter() != nil { return [] }
            return [finding(.footerEntries, "there is no bloom filter: look-ups read all keys of the file", severity: isTarns ? .error : .warning)]
        } catch {
            return [finding(error.code == .unsupported ? .unsupported : .footerEntries, error.message)]
        }
    }

    private func keyRange() -> [Finding] {
        guard reader.rowCount > 0, reader.recordKeyRange == nil else { return [] }
        let hasFilter = reader.metadata.keyValue(BaseFileFooter.bloomFilter) != nil
        let names = "\(BaseFileFooter.minRecordKey) and \(BaseFileFooter.maxRecordKey)"
        return [finding(.footerEntries, "\(names) are missing: look-ups skip the file", severity: hasFilter || isTarns ? .error : .warning)]
    }
}

/// Whether two schemas say the same of the same columns, nullability and the names inside lists and maps aside.
enum SchemaShape {
    /// nil if they do.
    static func difference(_ left: Schema, _ right: Schema) -> String? {
        guard left.names == right.names else {
            let missing = right.names.filter { left[$0] == nil }
            let extra = left.names.filter { right[$0] == nil }
            if !missing.isEmpty { return "\(missing.joined(separator: ", ")) missing" }
            return extra.isEmpty ? "another order of columns" : "\(extra.joined(separator: ", ")) besides"
        }
        for (one, other) in zip(left.fields, right.fields) where !areAlike(one.type, other.type) {
            return "\(one.name) is \(one.type), not \(other.type)"
        }
        return nil
    }

    private static func areAlike(_ left: DataType, _ right: DataType) -> Bool {
        switch (left, right) {
        case (.list(let one), .list(let other)): areAlike(one.type, other.type)
        case (.map(let key, let value), .map(let otherKey, let otherValue)): areAlike(key.type, otherKey.type) && areAlike(value.type, otherValue.type)
        case (.struct(let one), .struct(let other)):
            one.map(\.name) == other.map(\.name) && zip(one, other).allSatisfy { areAlike($0.type, $1.type) }
        default: left == right
        }
    }
}
