import TarnBase
import TarnColumns
import TarnTable
import TarnTestSupport
import Testing

/// What a slice's logs and base file say together: hudi-format §7.1, the column of 0.14 and 0.15.
@Suite struct SliceMergeTests {
    private typealias Row = LogBytes.Row
    private let none = LogBytes.noOrdering
    private func data(_ day: Int, _ rows: LogBytes.Row..., columns: LogBytes.Columns = .value) -> [UInt8] { LogBytes.rows(at: LogSlice.time(day), rows, columns: columns) }
    private func delete(_ day: Int, _ key: String, _ ordering: [UInt8]) -> [UInt8] { LogBytes.deletes(at: LogSlice.time(day), [(key, ordering)]) }
    private let comparing = MergeRule(orderingField: "ts", comparesWithStored: true)
    private let overwriting = MergeRule(orderingField: "ts", comparesWithStored: false)
    private let natural = MergeRule(orderingField: nil, comparesWithStored: true)

    private func rows(_ rule: MergeRule, base: [LogBytes.Row]?, _ logs: [UInt8]...) async throws -> [String] {
        var slice = LogSlice(base: base, logs: logs)
        slice.rule = rule
        return try await slice.rows()
    }

    // MARK: Rows against rows

    @Test func `inside logs the greater ordering value wins, the later between equals, under every payload`() async throws {
        for rule in [comparing, overwriting] {
            #expect(try await rows(rule, base: nil, data(2, Row("a", 200, "x")), data(3, Row("a", 180, "y"))) == ["a:200:x"])
            #expect(try await rows(rule, base: nil, data(2, Row("a", 200, "x")), data(3, Row("a", 200, "y"))) == ["a:200:y"])
            #expect(try await rows(rule, base: nil, data(2, Row("a", 5, "x"), Row("a", 7, "y"), Row("a", 6, "z"))) == ["a:7:y"])
            #expect(try await rows(rule, base: nil, data(2, Row("a", -1, "x")), data(3, Row("a", .min, "y")), data(4, Row("a", 0, "z"))) == ["a:0:z"])
        }
    }

    @Test func `against the stored row a log row wins if it is not older, or always where the payload does not compare`() async throws {
        let base = [Row("a", 100, "base"), Row("b", nil, "base")]
        #expect(try await rows(comparing, base: base, data(2, Row("a", 50, "log"))) == ["a:100:base", "b:null:base"])
        #expect(try await rows(comparing, base: base, data(2, Row("a", 100, "log"))) == ["a:100:log", "b:null:base"])
        #expect(try await rows(comparing, base: base, data(2, Row("b", 1, "log"))) == ["a:100:base", "b:1:log"], "a stored row without a value loses")
        #expect(try await rows(overwriting, base: base, data(2, Row("a", 50, "log"))) == ["a:50:log", "b:null:base"])
    }

    @Test func `without an ordering field the later record wins`() async throws {
        #expect(try await rows(natural, base: [Row("a", 9, "base")], data(2, Row("a", 8, "x")), data(3, Row("a", 7, "y"))) == ["a:7:y"])
        #expect(try await rows(natural, base: [Row("a", 9, "base")], data(2, Row("a", nil, "x"))) == ["a:null:x"])
        #expect(try await rows(natural, base: [Row("a", 9, "base")], delete(2, "a", LogBytes.longOrdering(1))) == [])
    }

    @Test func `log records without an ordering value that meet another are refused`() async throws {
        for second in [Row("a", nil, "y"), Row("a", 1, "y")] {
            await #expect(throws: TableError.self) { try await rows(comparing, base: nil, data(2, Row("a", nil, "x")), data(3, second)) }
        }
        await #expect(throws: TableError.self) { try await rows(comparing, base: [Row("a", 1, "base")], data(2, Row("a", nil, "x"))) }
        #expect(try await rows(comparing, base: [Row("b", 1, "base")], data(2, Row("a", nil, "x"))) == ["b:1:base", "a:null:x"], "nothing to compare with")
    }

    @Test func `stored rows keep their place, and new keys come behind them in the order of the logs`() async throws {
        let base = (0..<20_000).map { Row("k\($0)", 1, "base") }
        let changed = stride(from: 0, to: 20_000, by: 3).map { Row("k\($0)", 2, "log") }
        let added = (0..<10_000).map { Row("n\($0)", 2, "new") }
        let merged = try await rows(comparing, base: base, LogBytes.rows(at: LogSlice.time(2), changed + added))
        #expect(merged.count == 30_000)
        #expect(merged == base.indices.map { $0 % 3 == 0 ? "k\($0):2:log" : "k\($0):1:base" } + added.map { "\($0.key!):2:new" })
    }

    @Test func `of two stored rows with one key the first is merged`() async throws {
        #expect(try await rows(overwriting, base: [Row("a", 1, "x"), Row("a", 2, "y")], data(2, Row("a", 3, "log"))) == ["a:3:log", "a:2:y"])
        #expect(try await rows(overwriting, base: [Row("a", 1, "x"), Row("a", 2, "y")], delete(2, "a", none)) == ["a:2:y"])
    }

    // MARK: Deletes

    @Test func `a delete takes an earlier log record away unless its value is of the same class and smaller`() async throws {
        for rule in [comparing, overwriting] {
            let row = data(2, Row("a", 100, "x"))
            #expect(try await rows(rule, base: nil, row, delete(3, "a", LogBytes.longOrdering(99))) == ["a:100:x"])
            #expect(try await rows(rule, base: nil, row, delete(3, "a", LogBytes.longOrdering(100))) == [])
            #expect(try await rows(rule, base: nil, row, delete(3, "a", none)) == [])
            #expect(try await rows(rule, base: nil, row, delete(3, "a", [0])) == [], "null is no ordering value")
            #expect(try await rows(rule, base: nil, row, delete(3, "a", LogBytes.longOrdering(0))) == ["a:100:x"], "the long 0 is a value")
            #expect(try await rows(rule, base: nil, row, delete(3, "a", [4, 10])) == [], "an int is no long")
            #expect(try await rows(rule, base: nil, row, delete(3, "a", [0x0e, 2, 0x31])) == [], "a text is no long")
        }
        #expect(try await rows(natural, base: nil, data(2, Row("a", 100, "x")), delete(3, "a", LogBytes.longOrdering(99))) == [], "nothing is compared")
    }

    @Test func `a delete takes the stored row away whatever its value`() async throws {
        for rule in [comparing, overwriting, natural] {
            for ordering in [none, [0], LogBytes.longOrdering(1), LogBytes.longOrdering(1000)] {
                #expect(try await rows(rule, base: [Row("a", 100, "x"), Row("b", 1, "y")], delete(2, "a", ordering)) == ["b:1:y"])
            }
        }
    }

    @Test func `a delete that lost to a log record leaves that record to be compared with the stored row`() async throws {
        let logs = data(2, Row("a", 100, "log")) + delete(3, "a", LogBytes.longOrdering(50))
        #expect(try await rows(comparing, base: [Row("a", 99, "base")], logs) == ["a:100:log"])
        #expect(try await rows(comparing, base: [Row("a", 101, "base")], logs) == ["a:101:base"])
    }

    @Test func `a delete leaves nothing behind for a later record to be compared with`() async throws {
        let logs = [delete(2, "a", LogBytes.longOrdering(300)), data(3, Row("a", 100, "again"))]
        #expect(try await rows(comparing, base: [Row("a", 200, "base")], logs[0], logs[1]) == ["a:200:base"], "as if it had never been deleted")
        #expect(try await rows(comparing, base: [Row("a", 100, "base")], logs[0], logs[1]) == ["a:100:again"])
        #expect(try await rows(overwriting, base: [Row("a", 200, "base")], logs[0], logs[1]) == ["a:100:again"])
        #expect(try await rows(comparing, base: nil, data(1, Row("a", 9, "x")), delete(2, "a", none), data(3, Row("a", 1, "again"))) == ["a:1:again"])
    }

    @Test func `deletes of keys that are nowhere change nothing`() async throws {
        #expect(try await rows(comparing, base: [Row("a", 1, "x")], delete(2, "b", none), data(3, Row("c", 1, "z")), delete(4, "d", none)) == ["a:1:x", "c:1:z"])
        #expect(try await rows(comparing, base: nil, delete(2, "b", none)) == [])
    }

    @Test func `a row that says of itself that it is deleted is a delete that is compared like a row`() async throws {
        func marked(_ day: Int, _ ts: Int64, _ mark: Bool?) -> [UInt8] { data(day, Row("a", ts, "log", isDeleted: mark), columns: .deleteMark) }
        let base = [Row("a", 100, "base")]
        #expect(try await rows(comparing, base: base, marked(2, 100, true)) == [])
        #expect(try await rows(comparing, base: base, marked(2, 99, true)) == ["a:100:base"])
        #expect(try await rows(overwriting, base: base, marked(2, 99, true)) == [])
        for mark in [false, nil] { #expect(try await rows(comparing, base: base, marked(2, 101, mark)) == ["a:101:log"]) }
        #expect(try await rows(comparing, base: nil, marked(2, 5, true), data(3, Row("a", 6, "again"))) == ["a:6:again"])
        #expect(try await rows(comparing, base: nil, marked(2, 5, true), data(3, Row("a", 4, "older"))) == [])
    }

    // MARK: Columns

    @Test func `blocks of older schemas merge with newer ones`() async throws {
        let logs = data(2, Row("a", 5, ""), Row("b", 5, ""), columns: .older) + data(3, Row("a", 6, "new"))
        #expect(try await rows(comparing, base: [Row("b", 4, "base"), Row("c", 1, "base")], logs) == ["b:5:null", "c:1:base", "a:6:new"])
    }

    @Test func `key, ordering field and delete mark are merged by though they are not wanted`() async throws {
        var slice = LogSlice(base: [Row("a", 100, "base"), Row("b", 1, "base")], logs: [data(2, Row("a", 99, "log"), Row("b", 2, "log", isDeleted: true), columns: .deleteMark)])
        slice.columns = ["value"]
        #expect(try await slice.rows() == ["base"])
    }

    @Test func `a log record without a key is corrupt`() async throws {
        do {
            _ = try await rows(comparing, base: nil, data(2, Row("a", 1, "x"), Row(nil, 1, "y")))
            Issue.record("it was read")
        } catch let error as TableError { #expect(error.code == .corrupt && error.offset == 0) }
    }

    // MARK: Rules

    @Test func `payload classes decide the rule, and those that only Java can run are refused`() throws {
        func rule(_ pairs: (String, String)...) throws -> MergeRule {
            try MergeRule(TableProperties(JavaProperties([("hoodie.table.name", "t"), ("hoodie.table.type", "MERGE_ON_READ"), ("hoodie.table.version", "6")] + pairs)))
        }
        let payload = "hoodie.compaction.payload.class", field = ("hoodie.table.precombine.field", "ts")
        #expect(try rule((payload, "org.apache.hudi.common.model.OverwriteWithLatestAvroPayload"), field) == overwriting)
        #expect(try rule((payload, "org.apache.hudi.common.model.DefaultHoodieRecordPayload"), field) == comparing)
        #expect(try rule((payload, "org.apache.hudi.common.model.EventTimeAvroPayload"), field) == comparing)
        #expect(try rule(field) == overwriting && rule().orderingField == nil)
        for refused in ["org.apache.hudi.common.model.PartialUpdateAvroPayload", "com.example.Mine"] {
            #expect(throws: TableError.self) { try rule((payload, refused), field) }
        }
        #expect(throws: TableError.self) { try rule(("hoodie.table.precombine.field", "a.b")) }
    }
}
