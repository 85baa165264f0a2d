import TarnAvro
import TarnBase
import TarnTestSupport

/// Random schemas, and random values of them.
enum RandomAvro {
    /// A record, as everything of ours is.
    static func schema(using random: inout SplitMix64) -> AvroSchema {
        var names = 0
        return record(depth: 0, names: &names, using: &random)
    }

    private static func record(depth: Int, names: inout Int, using random: inout SplitMix64) -> AvroSchema {
        let name = fresh("r", &names, using: &random)
        let fields = (0..<Int.random(in: 0...5, using: &random)).map { index in
            let inner = schema(depth: depth + 1, inUnion: false, names: &names, using: &random)
            return Bool.random(using: &random) && inner.shape != .null && !isUnion(inner)
                ? AvroField.optional("f\(index)", inner) : AvroField("f\(index)", inner, doc: index == 0 ? "first" : nil)
        }
        return AvroSchema(.record(AvroRecord(name, fields: fields)))
    }

    private static func isUnion(_ schema: AvroSchema) -> Bool { if case .union = schema.shape { true } else { false } }

    private static func fresh(_ stem: String, _ names: inout Int, using random: inout SplitMix64) -> AvroName {
        names += 1
        return AvroName("\(stem)\(names)", namespace: ["", "a", "a.b", "c"].randomElement(using: &random) ?? "")
    }

    private static func schema(depth: Int, inUnion: Bool, names: inout Int, using random: inout SplitMix64) -> AvroSchema {
        let leaves: [AvroSchema] = [.null, .boolean, .int, .long, .float, .double, .bytes, .string]
        switch Int.random(in: 0..<(depth > 4 ? 10 : 15), using: &random) {
        case 8: return AvroSchema(.fixed(fresh("x", &names, using: &random), size: Int.random(in: 0...9, using: &random)))
        case 9: return AvroSchema(.enumeration(fresh("e", &names, using: &random), symbols: ["A", "b_1", "_"]))
        case 10: return .array(schema(depth: depth + 1, inUnion: false, names: &names, using: &random))
        case 11: return .map(schema(depth: depth + 1, inUnion: false, names: &names, using: &random))
        case 12: return record(depth: depth + 1, names: &names, using: &random)
        case 13 where !inUnion:
            var kinds: Set<String> = []
            var branches: [AvroSchema] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let branch = schema(depth: depth + 1, inUnion: true, names: &names, using: &random)
                let kind =
                    switch branch.shape {
                    case .array: "array"
                    case .map: "map"
                    default: AvroSchema(branch.shape).description
                    }
                if kinds.insert(kind).inserted { branches.append(branch) }
            }
            return AvroSchema(.union(branches))
        case 14: return AvroSchema(.string, properties: [.init("avro.java.string", "String")])
        case let leaf: return leaves[leaf % leaves.count]
        }
    }

    static func value(of schema: AvroSchema, using random: inout SplitMix64) -> AvroValue {
        switch schema.shape {
        case .null: return .null
        case .boolean: return .boolean(Bool.random(using: &random))
        case .int: return .int(Int32(truncatingIfNeeded: random.next() >> (random.next() % 32)))
        case .long: return .long(Int64(bitPattern: random.next() >> (random.next() % 64)))
        case .float: return .float(Float.random(in: -1e9...1e9, using: &random))
        case .double: return .double(Double.random(in: -1e99...1e99, using: &random))
        case .bytes: return .bytes(bytes(Int.random(in: 0...20, using: &random), using: &random))
        case .string: return .string(["", "x", "ä𝄞", String(repeating: "long ", count: 30)].randomElement(using: &random) ?? "")
        case .fixed(_, let size): return .fixed(bytes(size, using: &random))
        case .enumeration(_, let symbols): return .enumeration(symbols.randomElement(using: &random) ?? "")
        case .array(let items): return .array((0..<count(using: &random)).map { _ in value(of: items, using: &random) })
        case .map(let values):
            return .map((0..<count(using: &random)).map { .init("k\($0)", value(of: values, using: &random)) })
        case .union(let branches): return value(of: branches.randomElement(using: &random) ?? .null, using: &random)
        case .record(let record):
            return .record(name: record.name.fullName, record.fields.map { .init($0.name, value(of: $0.schema, using: &random)) })
        case .reference: return .null
        }
    }

    private static func count(using random: inout SplitMix64) -> Int { Int.random(in: 0...3, using: &random) }

    private static func bytes(_ count: Int, using random: inout SplitMix64) -> Bytes {
        Bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }
}

/// Hands out the words it was given, then zeros: for files that must come out byte for byte.
final class ScriptedRandom: RandomSource {
    private let words: Locked<[UInt64]>
    init(_ words: [UInt64]) { self.words = Locked(words) }
    func next() -> UInt64 { words.withLock { $0.isEmpty ? 0 : $0.removeFirst() } }
}
