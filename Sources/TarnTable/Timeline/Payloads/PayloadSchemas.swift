import TarnAvro
import TarnBase

/// The building blocks of the Avro schemas in the timeline, as Java's generated classes write them: Spark reads such a
/// file by field name, and a misspelt field with a default is dropped without a word (format §2.3).
enum PayloadSchema {
    private static let javaString = [JSON.Member("avro.java.string", "String")]

    static let string = AvroSchema(.string, properties: javaString)
    static let optionalString = AvroSchema.union(.null, string)
    static let strings = AvroSchema.array(string)
    static let instantInfo = record("HoodieInstantInfo", [AvroField("commitTime", string), AvroField("action", string)])
    /// The last field of most records.
    static let version = AvroField("version", .union(.int, .null), defaultValue: 1)

    static func map(_ values: AvroSchema) -> AvroSchema { AvroSchema(.map(values), properties: javaString) }

    /// A map that may be null, for which Java's schemas have the default in the type too.
    static func nullDefaultingMap(_ values: AvroSchema) -> AvroSchema {
        AvroSchema(.map(values), properties: javaString + [.init("default", .null)])
    }

    /// What plans and results of services carry besides.
    static let extraMetadata = AvroField.optional("extraMetadata", nullDefaultingMap(string))

    /// An array that a field defaults to empty: Java's compiler puts the default in both places.
    static func defaultingArray(_ name: String, of items: AvroSchema) -> AvroField {
        AvroField(name, AvroSchema(.array(items), properties: [.init("default", [])]), defaultValue: [])
    }

    static func record(_ name: String, _ fields: [AvroField]) -> AvroSchema {
        AvroSchema(.record(AvroRecord(AvroName(name, namespace: "org.apache.hudi.avro.model"), fields: fields)))
    }
}

extension ExtraMetadata {
    /// From a map of texts; null is empty.
    init(_ map: AvroValue?) {
        self.init()
        for member in map?.mapValue ?? [] { self[member.name] = member.value.stringValue }
    }

    var avro: AvroValue { .map(entries.map { .init($0.key, .string($0.value)) }) }
}

extension AvroValue {
    static func strings(_ texts: [String]) -> AvroValue { .array(texts.map(AvroValue.string)) }
    static func lengths(_ files: [FileLength]) -> AvroValue { .map(files.map { Member($0.path, .long($0.byteCount)) }) }

    /// An instant as `HoodieInstantInfo` spells it.
    static func instantInfo(_ time: String, _ action: String) -> AvroValue {
        .record([Member("commitTime", .string(time)), Member("action", .string(action))])
    }

    /// For values that were resolved to a schema of ours: the field is there and has its type.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
    func texts(_ name: String) -> [String] { self[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    func number(_ name: String) -> Int64 { self[name]?.integerValue ?? 0 }

    /// nil for null.
    func lengths(_ name: String) -> [FileLength]? {
        self[name]?.mapValue?.compactMap { member in member.value.integerValue.map { FileLength(member.name, $0) } }
    }
}
