import TarnBase
import TarnColumns
import TarnParquet
import Testing

/// Files that have columns which no type here is right for, or several of one name: the others are read.
@Suite struct RefusedColumnTests {
    private func decimal(_ name: String, precision: Int32) -> SchemaElement {
        SchemaElement(name, .optional, .fixedLengthByteArray, length: 20, logical: .decimal(precision: precision, scale: 2))
    }

    private func group(_ name: String, _ count: Int, _ repetition: Repetition = .optional) -> SchemaElement { SchemaElement(name, repetition, childCount: count) }

    private func tree(_ count: Int, _ elements: [SchemaElement]) throws -> SchemaTree { try SchemaTree([SchemaElement("root", nil, childCount: count)] + elements) }

    private func plain(_ values: [Int32]) -> [UInt8] { values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } } }

    @Test func `a decimal of more than 38 digits is refused by its name, and the columns around it keep their leaves`() throws {
        let tree = try tree(3, [SchemaElement("a", .required, .int32), decimal("d", precision: 39), SchemaElement("b", .required, .int32)])
        #expect(tree.schema.names == ["a", "b"] && tree.leaves.count == 3 && tree.columnNames == ["a", "d", "b"])
        #expect(tree.fields[1].leafIndices == [2])
        #expect(tree.refusal(of: "a") == nil && tree.refusal(of: "nothing") == nil)
        #expect(tree.refusal(of: "d") == .unsupported("decimals of more than 38 digits", column: "d"))
        #expect(tree.refusal == tree.refusal(of: "d") && tree.refusals.count == 1)
        #expect(tree.refusal(ofLeaf: 1) == tree.refusal && tree.refusal(ofLeaf: 0) == nil)
    }

    @Test func `of a struct the members that can be read are left, of a map without readable values nothing`() throws {
        let map = SchemaElement("m", .optional, childCount: 1, logical: .map)
        let key = SchemaElement("key", .required, .int32)
        let list = SchemaElement("l", .optional, childCount: 1, logical: .list)
        let tree = try tree(
            4,
            [group("s", 2), decimal("bad", precision: 50), SchemaElement("good", .optional, .int32), map, group("key_value", 2, .repeated), key, decimal("value", precision: 39)]
                + [list, group("list", 1, .repeated), group("element", 2), decimal("bad", precision: 40), key, group("none", 0)])
        #expect(tree.schema.description == "s: struct<good: int32>\nl: list<struct<key: int32 not null>>")
        #expect(tree.fields.map(\.leafIndices) == [[1], [5]] && tree.fields.map(\.leaves) == [1..<2, 5..<6])
        for (name, column) in [("s", "s.bad"), ("s.bad", "s.bad"), ("m", "m.key_value.value"), ("l", "l.list.element.bad"), ("l.element.bad", "l.list.element.bad"), ("none", "none")] {
            #expect(tree.refusal(of: name)?.column == column && tree.refusal(of: name)?.kind == .unsupported, "\(name)")
        }
        for name in ["s.good", "l.element.key", "s.nothing"] { #expect(tree.refusal(of: name) == nil, "\(name)") }
        #expect(tree.refusals.count == 4 && tree.refusals.last?.message == "a group without members")
    }

    @Test func `what is wrong with one column's type is that column's error`() throws {
        let tree = try tree(
            3,
            [
                SchemaElement("f", .optional, .fixedLengthByteArray, length: -4), SchemaElement("d", .optional, .boolean, logical: .decimal(precision: 5, scale: 2)),
                SchemaElement("e", .optional, .int32, logical: .decimal(precision: 5, scale: 9)),
            ])
        #expect(tree.schema.fields.isEmpty)
        for name in ["f", "d", "e"] { #expect(tree.refusal(of: name)?.kind == .malformed && tree.refusal(of: name)?.column == name, "\(name)") }
    }

    private func twice() throws -> MemoryFile {
        let elements = ["a", "b", "a"].map { SchemaElement($0, .required, .int32) }
        return try HandMadeFile(elements: elements, rowCount: 2, pages: (0..<3).map { [HandMadeFile.dataPage(2, .plain, plain([Int32($0), 10 + Int32($0)]))] }).file()
    }

    @Test func `of two columns of one name each is read by its place, and neither by the name`() throws {
        var file = try twice()
        #expect { try file.metadata() } throws: { ($0 as? ParquetError)?.kind == .unsupported && ($0 as? ParquetError)?.column == "a" }
        let metadata = try file.metadata(refusesUnreadableColumns: false)
        #expect(metadata.schema.names == ["b"] && metadata.tree.columnNames == ["a", "b", "a"])
        #expect(metadata.tree.refusal(of: "a")?.message.contains("#1 and #3") == true)
        for (place, rows) in [(0, ["(0, 1)", "(10, 11)"]), (1, ["(1)", "(11)"]), (2, ["(1, 2)", "(11, 12)"])] {
            let chosen = try metadata.choosing(place)
            #expect(place == 1 || chosen.tree.refusal(of: "a") == nil)
            #expect(try file.shownRows(chosen) == rows)
        }
        #expect { try metadata.choosing(0).choosing(2) } throws: { ($0 as? ParquetError)?.column == "a" }
        #expect(try metadata.choosing(2).choosing(1).schema.names == ["b", "a"])
    }

    @Test func `a name that a readable and an unreadable column have is ambiguous, and only the readable one can be chosen`() throws {
        let tree = try tree(2, [SchemaElement("a", .required, .int32), decimal("a", precision: 60)])
        #expect(tree.schema.fields.isEmpty && tree.refusal(of: "a")?.message.contains("#1 and #2") == true)
        #expect(try tree.choosing(0).schema.names == ["a"])
        #expect { try tree.choosing(1) } throws: { ($0 as? ParquetError)?.message == "decimals of more than 38 digits" }
    }

    // MARK: INT96

    private func times(_ values: [(day: Int32, nanoseconds: Int64)]) throws -> MemoryFile {
        let body = values.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: value.nanoseconds >> ($0 * 8)) } + (0..<4).map { UInt8(truncatingIfNeeded: value.day >> ($0 * 8)) }
        }
        return try HandMadeFile(
            elements: [SchemaElement("t", .required, .int96)], rowCount: Int64(values.count), pages: [[HandMadeFile.dataPage(values.count, .plain, body)]]).file()
    }

    private func read(_ values: [(Int32, Int64)], asNanoseconds: Bool = false) throws -> [Int64] {
        var file = try times(values)
        let metadata = try file.metadata()
        return try file.batches(asNanoseconds ? metadata.readingInt96AsNanoseconds() : metadata).flatMap { batch in
            (0..<batch.rowCount).map { if case .int(let value) = batch.columns[0].cell(at: $0) { value } else { .min } }
        }
    }

    @Test func `INT96 times are microseconds, to the ends of what 64 bits hold`() throws {
        #expect(try read([(2_440_588, 0), (2_440_587, 86_399_999_999_000), (2_440_588, -1000), (0, 0)]) == [0, -1, -1, -210_866_803_200_000_000])
        // 9,223,372,036,854,775,807 microseconds after the first Julian day, and Spark's form of a later time.
        #expect(try read([(106_751_991, 14_454_775_807_000)]) == [.max - 210_866_803_200_000_000])
        #expect(try read([(-106_751_991, -14_454_775_808_000)]) == [.max - 210_866_803_200_000_000 + 1])
    }

    private static let beyondMicroseconds: [(Int32, Int64)] = [
        (2_440_588, 1), (2_440_588, -999), (106_751_991, 14_454_775_808_000), (-106_751_992, 0), (.max, 0), (.min, 0), (106_751_991, .max - 807),
    ]

    @Test(arguments: beyondMicroseconds)
    func `an INT96 time that microseconds do not hold is refused, with its column and place`(day: Int32, nanoseconds: Int64) throws {
        #expect { try read([(2_440_588, 0), (day, nanoseconds)]) } throws: {
            guard let error = $0 as? ParquetError else { return false }
            return error.kind == .unsupported && error.column == "t" && error.offset == 4 && error.message.contains("INT96")
        }
    }

    @Test func `INT96 times can be read as nanoseconds, within the years that those hold`() throws {
        #expect(try read([(2_440_588, 1), (2_440_587, 86_399_999_999_999)], asNanoseconds: true) == [1, -1])
        #expect(try read([(2_547_339, 85_636_854_775_807), (2_333_836, 763_145_224_192)], asNanoseconds: true) == [.max, .min])
        for (day, nanoseconds) in [(Int32(2_547_339), Int64(85_636_854_775_808)), (2_333_836, 763_145_224_191), (.max, 0), (.min, .min)] {
            #expect { try read([(day, nanoseconds)], asNanoseconds: true) } throws: { ($0 as? ParquetError)?.kind == .unsupported }
        }
    }
}
