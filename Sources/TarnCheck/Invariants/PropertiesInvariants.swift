import TarnColumns
package import TarnTable

/// What must hold of `hoodie.properties` alone (hudi-format §1.2 to §1.4).
package enum PropertiesInvariants {
    static let path = TableFacts.metaPath("hoodie.properties")

    /// - Parameter file: As it parsed.
    package static func check(_ file: JavaProperties) -> [Finding] {
        version(file) + required(file) + values(file) + spelling(file) + checksum(file)
    }

    private static func text(_ file: JavaProperties, _ key: String) -> String? { file[key].flatMap { $0.isEmpty ? nil : $0 } }

    private static func version(_ file: JavaProperties) -> [Finding] {
        var findings: [Finding] = []
        if let version = text(file, PropertyKey.version), version != "6" {
            // A version of Hudi's that we do not know is nothing wrong with the table.
            let isHudis = Int(version).map { (0...9).contains($0) } ?? false
            findings.append(
                Finding(.versionSupported, at: path, "\(PropertyKey.version) is \(version); version 6 is judged", severity: isHudis ? .unchecked : .error))
        } else if let layout = text(file, PropertyKey.layoutVersion), layout != "1" {
            findings.append(Finding(.versionSupported, at: path, "\(PropertyKey.layoutVersion) is \(layout); version 6 tables have layout 1"))
        }
        return findings
    }

    private static func required(_ file: JavaProperties) -> [Finding] {
        var findings: [Finding] = []
        for key in [PropertyKey.name, PropertyKey.type, PropertyKey.version, PropertyKey.layoutVersion] where text(file, key) == nil {
            findings.append(Finding(.propertiesComplete, at: path, "\(key) is missing"))
        }
        if text(file, PropertyKey.keyGeneratorClass) == nil, text(file, PropertyKey.keyGeneratorType) == nil {
            findings.append(Finding(.propertiesComplete, at: path, "\(PropertyKey.keyGeneratorClass) is missing: another writer would make other keys"))
        }
        if file[PropertyKey.changeLogging] == "true", file[PropertyKey.changeLoggingMode] == nil {
            findings.append(Finding(.propertiesComplete, at: path, "\(PropertyKey.changeLoggingMode) is missing beside \(PropertyKey.changeLogging)"))
        }
        if file[PropertyKey.type] == TableType.mergeOnRead.rawValue, text(file, PropertyKey.payloadClass) == nil {
            findings.append(Finding(.propertiesComplete, at: path, "\(PropertyKey.payloadClass) is missing on a merge-on-read table"))
        }
        return findings
    }

    private static let legalValues: [(key: String, values: [String])] = [
        (PropertyKey.type, [TableType.copyOnWrite.rawValue, TableType.mergeOnRead.rawValue]),
        (PropertyKey.baseFileFormat, ["PARQUET", "ORC", "HFILE"]),
        (PropertyKey.timezone, ["LOCAL", "UTC"]),
        (PropertyKey.changeLoggingMode, ["OP_KEY_ONLY", "DATA_BEFORE", "DATA_BEFORE_AFTER"]),
        (PropertyKey.mergeMode, ["EVENT_TIME_ORDERING", "COMMIT_TIME_ORDERING", "CUSTOM"]),
    ] + [
        PropertyKey.hiveStyle, PropertyKey.urlEncode, PropertyKey.dropPartitionColumns, PropertyKey.populateMetaFields, PropertyKey.changeLogging,
        PropertyKey.partitionMetafileInBaseFormat,
    ].map { ($0, ["true", "false"]) }

    private static func values(_ file: JavaProperties) -> [Finding] {
        var findings: [Finding] = []
        for (key, legal) in legalValues {
            if let value = text(file, key), !legal.contains(value) {
                findings.append(Finding(.propertiesComplete, at: path, "\(key) is \(value), not one of \(legal.joined(separator: ", "))"))
            }
        }
        if let ordering = text(file, PropertyKey.precombineField), ordering.contains(",") {
            findings.append(Finding(.propertiesComplete, at: path, "\(PropertyKey.precombineField) names several columns; version 6 has one: \(ordering)"))
        }
        if let schema = text(file, PropertyKey.createSchema) {
            do { _ = try TableSchema.columns(avro: schema) } catch {
                findings.append(Finding(.propertiesComplete, at: path, "\(PropertyKey.createSchema): \(TableError(error).message)"))
            }
        }
        return findings
    }

    /// Releases before 1.0 know only their own spelling; a table that mixes the two was written by no release (§1.3a).
    private static func spelling(_ file: JavaProperties) -> [Finding] {
        let hasOldGenerator = text(file, PropertyKey.keyGeneratorClass) != nil
        let hasOldOrdering = text(file, PropertyKey.precombineField) != nil
        var findings: [Finding] = []
        if text(file, PropertyKey.orderingFields) != nil, !hasOldOrdering {
            findings.append(
                Finding(
                    .propertiesComplete, at: path, "\(PropertyKey.orderingFields) without \(PropertyKey.precombineField): releases before 1.0 see no ordering field",
                    severity: hasOldGenerator ? .error : .warning))
        }
        if text(file, PropertyKey.keyGeneratorType) != nil, !hasOldGenerator {
            findings.append(
                Finding(
                    .propertiesComplete, at: path, "\(PropertyKey.keyGeneratorType) without \(PropertyKey.keyGeneratorClass): releases before 1.0 see no key generator",
                    severity: .warning))
        }
        return findings
    }

    private static func checksum(_ file: JavaProperties) -> [Finding] {
        guard let name = text(file, PropertyKey.name) else { return [] }
        guard let stored = text(file, PropertyKey.checksum) else {
            return [Finding(.propertiesChecksum, at: path, "\(PropertyKey.checksum) is missing: nothing guards the file", severity: .warning)]
        }
        let database = text(file, PropertyKey.database)
        let expected = TableProperties.checksum(database: database, name: name)
        guard stored != "\(expected)" else { return [] }
        return [Finding(.propertiesChecksum, at: path, "\(PropertyKey.checksum) is \(stored), of '\(database ?? "").\(name)' it is \(expected)")]
    }

    /// - Parameter schema: The newest commit's, else the create schema; without meta fields.
    static func check(_ properties: TableProperties, columns schema: Schema) -> [Finding] {
        let roles: [(role: String, fields: [String])] = [
            ("record key", properties.recordKeyFields), ("partition", properties.dropsPartitionColumns ? [] : properties.partitionFields),
            ("ordering", properties.orderingFields),
        ]
        return roles.flatMap { role, fields in
            fields.filter { field in
                // A dotted field is a member of a struct; the schema's own columns have no dots.
                let column = field.split(separator: ".").first.map(String.init) ?? field
                return schema[field] == nil && schema[column] == nil && column != MetaFields.recordKey
            }.map { Finding(.columnsExist, at: path, "the \(role) field is no column of the table: \($0)") }
        }
    }
}
