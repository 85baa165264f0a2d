package import TarnBase

/// `hoodie.properties`, understood: what a table says about itself (hudi-format §1.3, by the reader's rules of §1.3a).
///
/// Every value was parsed when this was made. Whether Tarn can *keep right* what it says is for its user to decide; a
/// value that no Hudi release would write is `corrupt` here, with the key in the message.
package struct TableProperties: Hashable, Sendable {
    /// The file as it is, unknown keys and all.
    package let file: JavaProperties

    package let name: String
    /// nil when the key is absent or empty.
    package let database: String?
    package let type: TableType
    package let version: Int
    package let layoutVersion: Int?
    /// Empty: keys are made up by the writer (auto-generated).
    package let recordKeyFields: [String]
    /// `precombine.field`, else `ordering.fields`. Version 6 has one at most.
    package let orderingFields: [String]
    /// Bare column names; empty: the table is not partitioned.
    package let partitionFields: [String]
    /// nil when neither spelling is there.
    package let keyGenerator: KeyGenerator?
    package let hiveStylePartitions: Bool
    package let urlEncodedPartitions: Bool
    package let dropsPartitionColumns: Bool
    package let hasMetaFields: Bool
    package let logsChanges: Bool
    /// Partitions of the metadata table that readers may rely on; empty where none is kept.
    package let metadataPartitions: [String]
    /// Partitions of the metadata table that are being built.
    package let metadataPartitionsInflight: [String]
    package let payloadClass: String?
    package let mergerStrategy: String?
    package let zone: TimelineZone
    /// Relative to `.hoodie`.
    package let archiveFolder: String
    /// Avro JSON without meta fields: the schema of a table without commits.
    package let createSchema: String?
    package let baseFileFormat: String
    package let partitionMetafileInBaseFormat: Bool
    /// Whether rows lie in files outside the table (bootstrap).
    package let isBootstrapped: Bool
    package let storedChecksum: UInt32?

    package var orderingField: String? { orderingFields.first }
    package var isPartitioned: Bool { !partitionFields.isEmpty }

    /// - Throws: ``TableError`` `corrupt`, naming the key.
    package init(_ file: JavaProperties) throws(TableError) {
        self.file = file
        func text(_ key: String) -> String? { file[key].flatMap { $0.isEmpty ? nil : $0 } }
        func flag(_ key: String, default fallback: Bool) throws(TableError) -> Bool {
            guard let value = text(key) else { return fallback }
            switch value.lowercased() {
            case "true": return true
            case "false": return false
            default: throw TableError(.corrupt, "\(key) is neither true nor false: \(value)")
            }
        }
        func number<Value: FixedWidthInteger>(_ key: String, as type: Value.Type) throws(TableError) -> Value? {
            guard let value = text(key) else { return nil }
            guard let number = Value(value) else { throw TableError(.corrupt, "\(key) is not a number: \(value)") }
            return number
        }
        func list(_ key: String) -> [String] {
            (file[key] ?? "").split(separator: ",").map { TableProperties.trimmed($0) }.filter { !$0.isEmpty }
        }
        func required(_ key: String) throws(TableError) -> String {
            guard let value = text(key) else { throw TableError(.corrupt, "\(key) is missing") }
            return value
        }

        name = try required(PropertyKey.name)
        database = text(PropertyKey.database)
        let typeName = text(PropertyKey.type) ?? TableType.copyOnWrite.rawValue
        guard let type = TableType(rawValue: typeName) else {
            throw TableError(.corrupt, "\(PropertyKey.type) is no table type: \(typeName)")
        }
        self.type = type
        guard let version = try number(PropertyKey.version, as: Int.self) else {
            throw TableError(.corrupt, "\(PropertyKey.version) is missing")
        }
        self.version = version
        layoutVersion = try number(PropertyKey.layoutVersion, as: Int.self)
        recordKeyFields = list(PropertyKey.recordKeyFields)
        let precombine = list(PropertyKey.precombineField)
        orderingFields = precombine.isEmpty ? list(PropertyKey.orderingFields) : precombine
        // Version 8 spells `name:TYPE`; the name is what counts everywhere.
        partitionFields = list(PropertyKey.partitionFields).map { String($0.prefix { $0 != ":" }) }
        keyGenerator =
            text(PropertyKey.keyGeneratorClass).map(KeyGenerator.init(className:))
            ?? text(PropertyKey.keyGeneratorType).map(KeyGenerator.init(typeName:))
        hiveStylePartitions = try flag(PropertyKey.hiveStyle, default: false)
        urlEncodedPartitions = try flag(PropertyKey.urlEncode, default: false)
        dropsPartitionColumns = try flag(PropertyKey.dropPartitionColumns, default: false)
        hasMetaFields = try flag(PropertyKey.populateMetaFields, default: true)
        logsChanges = try flag(PropertyKey.changeLogging, default: false)
        metadataPartitions = list(PropertyKey.metadataPartitions)
        metadataPartitionsInflight = list(PropertyKey.metadataPartitionsInflight)
        payloadClass = text(PropertyKey.payloadClass)
        mergerStrategy = text(PropertyKey.mergerStrategy) ?? text(PropertyKey.mergeStrategyID)
        let zoneName = text(PropertyKey.timezone) ?? TimelineZone.local.rawValue
        guard let zone = TimelineZone(rawValue: zoneName.uppercased()) else {
            throw TableError(.corrupt, "\(PropertyKey.timezone) is neither LOCAL nor UTC: \(zoneName)")
        }
        self.zone = zone
        archiveFolder = text(PropertyKey.archiveFolder) ?? "archived"
        createSchema = text(PropertyKey.createSchema)
        baseFileFormat = text(PropertyKey.baseFileFormat) ?? "PARQUET"
        partitionMetafileInBaseFormat = try flag(PropertyKey.partitionMetafileInBaseFormat, default: false)
        isBootstrapped = text(PropertyKey.bootstrapBasePath) != nil
        storedChecksum = try number(PropertyKey.checksum, as: UInt32.self)
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

// MARK: - Checksum

extension TableProperties {
    /// What `hoodie.table.checksum` must be: CRC-32 of `<database>.<table>` (§1.4).
    package var expectedChecksum: UInt32 { TableProperties.checksum(database: database, name: name) }

    /// True too where the key is missing, which Java accepts.
    package var checksumHolds: Bool { storedChecksum.map { $0 == expectedChecksum } ?? true }

    package static func checksum(database: String?, name: String) -> UInt32 {
        CRC32.checksum(of: Bytes("\(database ?? "").\(name)"))
    }
}

// MARK: - Making a table

extension TableProperties {
    /// What a new table is told once and for ever.
    package struct Definition: Hashable, Sendable {
        package var name: String
        package var database: String?
        package var type: TableType = .copyOnWrite
        package var recordKeyFields: [String]
        package var orderingField: String?
        package var partitionFields: [String] = []
        package var keyGenerator: KeyGenerator
        package var hiveStylePartitions = false
        package var urlEncodedPartitions = false
        /// Avro JSON without meta fields.
        package var createSchema: String?

        package init(name: String, recordKeyFields: [String], keyGenerator: KeyGenerator) {
            self.name = name
            self.recordKeyFields = recordKeyFields
            self.keyGenerator = keyGenerator
        }
    }

    /// The properties of a new table of version 6: the keys of hudi-format §0 lines 2 to 6 in the 0.x spelling, no others.
    package static func version6(_ table: Definition) throws(TableError) -> TableProperties {
        var file = JavaProperties([
            (PropertyKey.name, table.name),
            (PropertyKey.database, table.database ?? ""),
            (PropertyKey.type, table.type.rawValue),
            (PropertyKey.version, "6"),
            (PropertyKey.layoutVersion, "1"),
            (PropertyKey.recordKeyFields, table.recordKeyFields.joined(separator: ",")),
            (PropertyKey.partitionFields, table.partitionFields.joined(separator: ",")),
        ])
        if let field = table.orderingField { file[PropertyKey.precombineField] = field }
        file[PropertyKey.keyGeneratorClass] = table.keyGenerator.className
        file[PropertyKey.hiveStyle] = "\(table.hiveStylePartitions)"
        file[PropertyKey.urlEncode] = "\(table.urlEncodedPartitions)"
        file[PropertyKey.dropPartitionColumns] = "false"
        file[PropertyKey.populateMetaFields] = "true"
        file[PropertyKey.partitionMetafileInBaseFormat] = "false"
        file[PropertyKey.changeLogging] = "false"
        file[PropertyKey.baseFileFormat] = "PARQUET"
        file[PropertyKey.archiveFolder] = "archived"
        file[PropertyKey.timezone] = TimelineZone.utc.rawValue
        if table.type == .mergeOnRead {
            // Without an ordering field the later record wins, which every release does under this payload (§7.1).
            let payload = table.orderingField == nil ? "OverwriteWithLatestAvroPayload" : "DefaultHoodieRecordPayload"
            file[PropertyKey.payloadClass] = "org.apache.hudi.common.model.\(payload)"
            file[PropertyKey.mergerStrategy] = "eeb8d96f-b1e4-49fd-bbf8-28ac514178e5"
        }
        if let schema = table.createSchema { file[PropertyKey.createSchema] = schema }
        file[PropertyKey.checksum] = String(checksum(database: table.database, name: table.name))
        return try TableProperties(file)
    }

    /// The bytes of `hoodie.properties` of a table made at `now` (milliseconds since 1970 UTC).
    package func creationText(now: Int64) -> Bytes {
        file.text(comment: "Properties saved on \(CivilTime(epochMilliseconds: now).rfc3339Text)", now: now)
    }
}
