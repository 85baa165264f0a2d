/// How a table's record keys and partition paths are made from its columns (hudi-format §6.4).
package enum KeyGenerator: Hashable, Sendable {
    case simple
    case complex
    case nonpartitioned
    case timestamp
    case custom
    case globalDelete
    /// A class of the user's, or one we do not know; as the properties name it.
    case unknown(String)

    private static let known: [(KeyGenerator, className: String, typeName: String)] = [
        (.simple, "SimpleKeyGenerator", "SIMPLE"), (.complex, "ComplexKeyGenerator", "COMPLEX"),
        (.nonpartitioned, "NonpartitionedKeyGenerator", "NON_PARTITION"),
        (.timestamp, "TimestampBasedKeyGenerator", "TIMESTAMP"), (.custom, "CustomKeyGenerator", "CUSTOM"),
        (.globalDelete, "GlobalDeleteKeyGenerator", "GLOBAL_DELETE"),
    ]

    /// Reads `hoodie.table.keygenerator.class`. The Avro variants of 0.x (`…AvroKeyGenerator`) are the same rule.
    package init(className: String) {
        let last = className.split(separator: ".").last.map(String.init) ?? ""
        let plain = last.hasSuffix("AvroKeyGenerator") ? last.dropLast("AvroKeyGenerator".count) + "KeyGenerator" : Substring(last)
        let isHudis = className.hasPrefix("org.apache.hudi.keygen.")
        self = isHudis ? Self.known.first { $0.className == plain }?.0 ?? .unknown(className) : .unknown(className)
    }

    /// Reads `hoodie.table.keygenerator.type`, the 1.x spelling (§1.3a).
    package init(typeName: String) {
        let plain = typeName.hasSuffix("_AVRO") ? String(typeName.dropLast(5)) : typeName
        self = Self.known.first { $0.typeName == plain }?.0 ?? .unknown(typeName)
    }

    /// The full class name, as new tables spell it.
    package var className: String {
        if case .unknown(let name) = self { return name }
        return "org.apache.hudi.keygen." + (Self.known.first { $0.0 == self }?.className ?? "")
    }
}
