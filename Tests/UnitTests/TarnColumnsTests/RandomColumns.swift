import TarnBase
import TarnColumns
import TarnTestSupport

/// Random columns of any type and in any of their forms (sliced, dictionary coded), for comparing kernels with cells. They come
/// from the run's seed; `TARN_SEED` replays it.
struct RandomColumns {
    var random = SplitMix64(seed: testSeed)

    mutating func int(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func chance(_ percent: Int) -> Bool { int(0..<100) < percent }

    static let flatTypes: [DataType] = [
        .boolean, .int32, .int64, .float, .double, .string, .binary, .date, .decimal(precision: 38, scale: 4),
        .timestamp(.microseconds), .time,
    ]
    static let nestedTypes: [DataType] = [
        .list(.string), .map(.string, .int64), .struct([Field("a", .int32), Field("b", .string)]),
        .list(.struct([Field("x", .list(.double)), Field("y", .boolean)])), .map(.int32, .list(.binary)),
    ]
    static let allTypes = flatTypes + nestedTypes

    mutating func cell(_ type: DataType, nulls: Int, plain: Bool = false) -> Cell {
        if chance(nulls) { return .null }
        switch type {
        case .boolean: return .boolean(chance(50))
        case .int32, .date: return .int(Int64(Int32(truncatingIfNeeded: random.next())) >> Int64(int(0..<31)))
        case .int64, .timestamp, .time: return .int(Int64(bitPattern: random.next()) >> Int64(int(0..<63)))
        case .float: return .float([0, -0.0, 1.5, -.infinity, .nan, Float(int(-9..<9)) / 8].randomElement(using: &random)!)
        case .double: return .double([0, -0.0, 1.5, .infinity, .nan, Double(int(-9..<9)) / 8].randomElement(using: &random)!)
        case .decimal:
            return .decimal(Int128(Int64(bitPattern: random.next())) * Int128(int(-1_000_000..<1_000_000)) >> Int128(int(0..<70)))
        case .string, .binary:
            let length = chance(60) ? int(0..<14) : int(0..<60)
            let alphabet = Array("ab\u{e9}".utf8)
            if type == .binary { return .text(Bytes((0..<length).map { _ in UInt8(truncatingIfNeeded: int(0..<256)) })) }
            let text = (0..<length).map { _ in ["a", "b", "é", "\"", "\n"][int(0..<(chance(95) ? 3 : 5))] }.joined()
            return length % 2 == 0 ? .text(Bytes(text)) : .text(Bytes(String(repeating: "ab", count: length) + String(alphabet.count)))
        case .list(let element): return .list((0..<int(0..<4)).map { _ in cell(element.type, nulls: nulls) })
        case .map(let key, let value):
            return .map((0..<int(0..<4)).map { _ in Cell.Entry(cell(key.type, nulls: 0), cell(value.type, nulls: nulls)) })
        case .struct(let fields): return .fields(fields.map { cell($0.type, nulls: nulls) })
        }
    }

    /// A column of `rows` rows in a random form.
    mutating func column(_ type: DataType, rows: Int, nulls: Int? = nil) -> Column {
        let nulls = nulls ?? [0, 10, 50, 100][int(0..<4)]
        if !type.isNested, type != .boolean, chance(40) {
            let entries = int(0..<2) == 0 ? int(1..<4) : int(1..<100)
            let dictionary = Column(type, cells: (0..<entries).map { _ in cell(type, nulls: 0) })
            return Column(codes: (0..<rows).map { _ in chance(nulls) ? nil : UInt32(int(0..<entries)) }, dictionary: dictionary)
        }
        if chance(40) {
            let before = int(0..<20)
            let all = Column(type, cells: (0..<(before + rows + int(0..<5))).map { _ in cell(type, nulls: nulls) })
            return all.slice(before..<(before + rows))
        }
        return Column(type, cells: (0..<rows).map { _ in cell(type, nulls: nulls) })
    }

    static let edgeSizes = [0, 1, 7, 8, 9, 63, 64, 65, 200]
}
