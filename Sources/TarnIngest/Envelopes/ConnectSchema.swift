import TarnBase

/// What a Kafka Connect schema block says a value means beyond its JSON type (cdc-events 4a).
struct ConnectMeaning: BitwiseCopyable {
    enum Kind: UInt8 {
        /// The JSON value is the value.
        case plain
        /// An integer in JSON, declared so: a text column takes it as its digits.
        case integer
        /// Base64 of a big-endian unscaled number.
        case decimal
        /// `{"scale", "value"}`, the value in base64.
        case variableScaleDecimal
        /// Times as integers in a fixed unit.
        case milliseconds, microseconds, nanoseconds
    }

    var kind = Kind.plain
    var scale: Int32 = 0

    static let plain = ConnectMeaning()
}

/// The schema block of one message, as far as decoding rows needs it.
struct ConnectSchema {
    let meaning: ConnectMeaning
    /// Members of a struct by name.
    let fields: [String: ConnectSchema]
    /// Of an array, or the values of a map.
    let elements: [ConnectSchema]

    init(_ json: JSON) {
        meaning = ConnectSchema.meaning(json)
        var fields: [String: ConnectSchema] = [:]
        for field in json["fields"]?.arrayValue ?? [] {
            if let name = field["field"]?.stringValue { fields[name] = ConnectSchema(field) }
        }
        self.fields = fields
        elements = (json["items"] ?? json["values"]).map { [ConnectSchema($0)] } ?? []
    }

    private static func meaning(_ json: JSON) -> ConnectMeaning {
        switch json["name"]?.stringValue {
        case "org.apache.kafka.connect.data.Decimal":
            let scale = json["parameters"]?["scale"]?.stringValue.flatMap { Int32($0) } ?? 0
            return ConnectMeaning(kind: .decimal, scale: scale)
        case "io.debezium.data.VariableScaleDecimal": return ConnectMeaning(kind: .variableScaleDecimal)
        case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp", "io.debezium.time.Time",
            "org.apache.kafka.connect.data.Time":
            return ConnectMeaning(kind: .milliseconds)
        case "io.debezium.time.MicroTimestamp", "io.debezium.time.MicroTime": return ConnectMeaning(kind: .microseconds)
        case "io.debezium.time.NanoTimestamp", "io.debezium.time.NanoTime": return ConnectMeaning(kind: .nanoseconds)
        case nil:
            switch json["type"]?.stringValue {
            case "int8", "int16", "int32", "int64": return ConnectMeaning(kind: .integer)
            default: return .plain
            }
        default: return .plain
        }
    }
}
