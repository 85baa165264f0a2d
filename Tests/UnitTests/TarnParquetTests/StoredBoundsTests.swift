import TarnBase
import TarnColumns
import TarnParquet
import Testing

/// What a footer's statistics rule out, and what they must not.
@Suite struct StoredBoundsTests {
    private static func bytes<Value: BitwiseCopyable>(_ value: Value) -> Bytes { withUnsafeBytes(of: value) { Bytes(copying: $0) } }

    private static func statistics(_ minimum: Bytes?, _ maximum: Bytes?, legacy: Bool = false, nulls: Int64? = 0) -> Statistics {
        var statistics = Statistics()
        if legacy {
            (statistics.legacyMinimum, statistics.legacyMaximum) = (minimum, maximum)
        } else {
            (statistics.minimum, statistics.maximum) = (minimum, maximum)
        }
        statistics.nullCount = nulls
        return statistics
    }

    /// Whether a row group of ten rows with one column, `c`, is kept.
    private func keeps(_ filter: Filter, _ element: SchemaElement, _ statistics: Statistics, orders: [ColumnOrder] = [.byType]) throws -> Bool {
        let tree = try SchemaTree([SchemaElement("root", nil, childCount: 1), element])
        var chunk = ColumnChunk(tree.leaves[0].physicalType, path: ["c"], codec: .uncompressed)
        chunk.statistics = statistics
        var metadata = FileMetadata(tree: tree, rowGroups: [RowGroup(columns: [chunk], rowCount: 10)])
        metadata.columnOrders = orders
        return !metadata.rowGroups(matching: try BoundFilter(filter, schema: metadata.schema)).isEmpty
    }

    private let int32 = SchemaElement("c", .optional, .int32)
    private let text = SchemaElement("c", .optional, .byteArray, converted: .utf8, logical: .string)
    private let tens = statistics(bytes(Int32(10)), bytes(Int32(20)))

    @Test func `bounds rule out what lies outside them, and nothing else`() throws {
        #expect(try !keeps(.equal("c", 9), int32, tens) && !keeps(.greater("c", 20), int32, tens) && !keeps(.isNull("c"), int32, tens))
        #expect(try keeps(.equal("c", 10), int32, tens) && keeps(.greaterOrEqual("c", 20), int32, tens) && keeps(.notEqual("c", 15), int32, tens))
    }

    @Test func `bounds without the column's order rule nothing out, the old ones do for signed numbers`() throws {
        for orders in [[], [ColumnOrder.other(2)], [.other(0)]] {
            #expect(try keeps(.equal("c", 9), int32, tens, orders: orders))
        }
        let old = Self.statistics(Self.bytes(Int32(10)), Self.bytes(Int32(20)), legacy: true)
        #expect(try !keeps(.equal("c", 9), int32, old, orders: []))
        #expect(try keeps(.equal("c", "a"), text, Self.statistics(Bytes("b"), Bytes("c"), legacy: true)), "by signed bytes")
        let unsigned = SchemaElement("c", .optional, .int32, converted: .uint32)
        #expect(try keeps(.equal("c", 9), unsigned, old), "as if signed")
    }

    @Test func `unsigned numbers are bounded as such`() throws {
        let unsigned = SchemaElement("c", .optional, .int32, converted: .uint32, logical: .integer(bitWidth: 32, isSigned: false))
        let bounds = Self.statistics(Self.bytes(UInt32(10)), Self.bytes(UInt32(4_000_000_000)))
        #expect(try keeps(.equal("c", 3_000_000_000), unsigned, bounds) && !keeps(.greater("c", 4_000_000_000), unsigned, bounds) && !keeps(.less("c", 10), unsigned, bounds))
        let long = SchemaElement("c", .optional, .int64, converted: .uint64)
        let huge = Self.statistics(Self.bytes(UInt64(1)), Self.bytes(UInt64.max))
        #expect(try keeps(.equal("c", "18446744073709551615"), long, huge) && !keeps(.equal("c", 0), long, huge))
        let small = SchemaElement("c", .optional, .int32, converted: .uint8)
        #expect(try keeps(.equal("c", 9), small, Self.statistics(Self.bytes(Int32(3)), Self.bytes(Int32(-1)))), "a lower bound above the upper says nothing")
    }

    @Test func `NaN and zeros of both signs are never missed`() throws {
        let double = SchemaElement("c", .optional, .double)
        let numbers = Self.statistics(Self.bytes(1.0), Self.bytes(2.0))
        #expect(try keeps(.equal("c", .double(.nan)), double, numbers) && keeps(.greater("c", 5.0), double, numbers), "NaN is above all")
        #expect(try !keeps(.less("c", 1.0), double, numbers) && !keeps(.equal("c", 3.0), double, numbers))
        for (low, high) in [(Double.nan, 2.0), (1.0, .nan), (.nan, .nan)] {
            #expect(try keeps(.equal("c", 0.5), double, Self.statistics(Self.bytes(low), Self.bytes(high))))
        }
        for (low, high) in [(0.0, 0.0), (-0.0, -0.0)] {
            for zero in [0.0, -0.0] { #expect(try keeps(.equal("c", .double(zero)), double, Self.statistics(Self.bytes(low), Self.bytes(high)))) }
        }
        let half = SchemaElement("c", .optional, .fixedLengthByteArray, length: 2, logical: .float16)
        let halves = Self.statistics(Bytes([0x00, 0x3C]), Bytes([0x00, 0x40]))
        #expect(try keeps(.equal("c", 1.5), half, halves) && !keeps(.equal("c", 0.5), half, halves) && keeps(.greater("c", 9.0), half, halves))
    }

    @Test func `bounds of text that are cut still bound`() throws {
        let cut = Self.statistics(Bytes("con"), Bytes("cop"))
        #expect(try keeps(.equal("c", "conversation"), text, cut) && keeps(.notEqual("c", "con"), text, cut) && !keeps(.greater("c", "coq"), text, cut) && !keeps(.equal("c", "co"), text, cut))
        let high = Self.statistics(Bytes([0xC5, 0x82]), Bytes([0xF0, 0x9F]))
        #expect(try keeps(.equal("c", "ż"), text, high) && !keeps(.equal("c", "z"), text, high), "unsigned bytes")
    }

    @Test func `decimals are bounded by value in all their forms`() throws {
        let fixed = SchemaElement("c", .optional, .fixedLengthByteArray, length: 3, logical: .decimal(precision: 5, scale: 2))
        let bounds = Self.statistics(Bytes([0xFF, 0xFF, 0x9C]), Bytes([0x00, 0x01, 0x00]))
        #expect(try keeps(.equal("c", "-1.00"), fixed, bounds) && keeps(.equal("c", "2.56"), fixed, bounds) && !keeps(.equal("c", "-1.01"), fixed, bounds) && !keeps(.greater("c", "2.56"), fixed, bounds))
        let binary = SchemaElement("c", .optional, .byteArray, logical: .decimal(precision: 5, scale: 2))
        #expect(try !keeps(.greater("c", "2.56"), binary, Self.statistics(Bytes([0x9C]), Bytes([0x01, 0x00]))))
        let long = SchemaElement("c", .optional, .int64, logical: .decimal(precision: 5, scale: 2))
        #expect(try !keeps(.greater("c", "2.56"), long, Self.statistics(Self.bytes(Int64(-100)), Self.bytes(Int64(256)))))
    }

    @Test func `null counts that are missing or impossible rule nothing out`() throws {
        for nulls in [nil, -1, 11, Int64.max] as [Int64?] {
            let statistics = Self.statistics(Self.bytes(Int32(10)), Self.bytes(Int32(20)), nulls: nulls)
            #expect(try keeps(.isNull("c"), int32, statistics) && keeps(.equal("c", 10), int32, statistics))
        }
        let nothing = Self.statistics(nil, nil, nulls: 10)
        #expect(try !keeps(.equal("c", 10), int32, nothing) && !keeps(.isNotNull("c"), int32, nothing) && keeps(.isNull("c"), int32, nothing))
    }

    @Test func `types without an order, and bounds that are no value, rule nothing out`() throws {
        let wrong = Self.statistics(Bytes([1, 2, 3]), Bytes([1, 2, 3, 4, 5]))
        #expect(try keeps(.equal("c", 9), int32, wrong))
        let int96 = SchemaElement("c", .optional, .int96)
        let day = Bytes([UInt8](repeating: 0, count: 12))
        #expect(try keeps(.equal("c", "2024-01-01T00:00:00Z"), int96, Self.statistics(day, day)))
        let interval = SchemaElement("c", .optional, .fixedLengthByteArray, length: 12, converted: .interval)
        #expect(try keeps(.equal("c", "abc"), interval, Self.statistics(day, day)))
    }
}
