import TarnColumns
import Testing

@Suite struct ColumnSelectionTests {
    private let schema: Schema = [
        Field("id", .int64, nullable: false),
        Field("timing", .struct([Field("total_ms", .int64), Field("step", .struct([Field("a", .int32, nullable: false), Field("b", .string)]))])),
        Field("items", .list(.struct([Field("price", .double), Field("name", .string)]))),
        Field("prices", .map(.string, .struct([Field("net", .double), Field("gross", .double)]))),
        Field("timing.total_ms", .string),
        Field("double", .struct([Field("x", .int32), Field("x", .int64)])),
    ]

    private func selected(_ names: String...) throws(ColumnError) -> String {
        var selection = ColumnSelection(of: schema)
        for name in names { try selection.add(name) }
        return selection.schema.description
    }

    @Test func `columns come in the order asked for, members in the order of their struct`() throws {
        #expect(try selected("items", "id") == "items: list<struct<price: double, name: string>>\nid: int64 not null")
        #expect(try selected("timing.step.b", "id", "timing.step.a") == "timing: struct<step: struct<a: int32 not null, b: string>>\nid: int64 not null")
        #expect(try selected("timing") == schema.fields[1].description)
    }

    @Test func `members below lists and maps are named by element and value, and keys stay`() throws {
        #expect(try selected("items.element.price", "prices.value.gross") == "items: list<struct<price: double>>\nprices: map<string, struct<gross: double>>")
        #expect(try selected("items.element") == "items: list<struct<price: double, name: string>>")
    }

    @Test func `a column whose name has dots comes before a member`() throws {
        #expect(try selected("timing.total_ms") == "timing.total_ms: string")
    }

    @Test(arguments: [
        (["nothing"], "no column 'nothing'"), (["timing.nothing"], "the members are total_ms, step"), (["id.x"], "'id' is int64"), (["items.price"], "'items' is list<"),
        (["prices.key"], "keys of a map"), (["double.x"], "2 members are named 'x'"), (["id", "id"], "'id' is asked for twice"), (["timing", "timing.step"], "asked for twice"),
        (["timing.step.a", "timing.step"], "'timing.step' is asked for twice"), (["timing."], "there is no column 'timing.'"),
    ])
    func `what does not exist, or was asked for, is refused by its name`(names: [String], message: String) {
        var selection = ColumnSelection(of: schema)
        let error = #expect(throws: ColumnError.self) { for name in names { try selection.add(name) } }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `what a filter looks at joins what is wanted, and of a struct that may be null one member is enough`() throws {
        var selection = ColumnSelection(of: schema)
        try selection.add("timing.step.b")
        try selection.include("timing.step.b")
        try selection.include("id")
        try selection.includeNulls(of: "timing.step")
        try selection.includeNulls(of: "double")
        #expect(selection.schema.description == "timing: struct<step: struct<b: string>>\nid: int64 not null\ndouble: struct<x: int32, x: int64>")
        try selection.include("timing")
        #expect(selection.schema.fields[0] == schema.fields[1])
        var other = ColumnSelection(of: schema)
        try other.includeNulls(of: "items")
        #expect(other.schema.fields == [schema.fields[2]])
    }
}
