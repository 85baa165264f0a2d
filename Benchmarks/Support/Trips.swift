package import Tarn
import TarnBase
package import TarnColumns

/// A made-up table of trips: every value a function of the row's number and its version.
package enum Trips {
    package static let schema: Schema = [
        Field("id", .string, nullable: false), Field("city", .string, nullable: false), Field("ts", .int64, nullable: false),
        Field("fare", .double), Field("rider", .string), Field("note", .string),
    ]

    package static func createTable(
        at path: String, in store: any ObjectStore, type: TableConfiguration.TableType = .copyOnWrite, byCity: Bool
    ) async throws -> Table {
        var configuration = TableConfiguration(name: "trips", schema: schema, recordKey: ["id"])
        configuration.type = type
        if byCity { configuration.partitioning = .fields(["city"]) }
        configuration.orderingFields = ["ts"]
        return try await Table.create(configuration, at: path, in: store)
    }

    /// Rows as a sequence of batches, none of them in memory before it is asked for.
    package struct Rows: AsyncSequence, AsyncIteratorProtocol, Sendable {
        private var numbers: Range<Int>
        private let cities: Int
        private let version: Int

        /// - Parameters:
        ///   - numbers: Of the rows; a number is a key.
        ///   - cities: Over how many the rows are spread.
        ///   - version: The ordering value.
        package init(_ numbers: Range<Int>, cities: Int, version: Int) {
            (self.numbers, self.cities, self.version) = (numbers, cities, version)
        }

        package func makeAsyncIterator() -> Self { self }

        package mutating func next() async throws -> RecordBatch? {
            guard !numbers.isEmpty else { return nil }
            let here = numbers.prefix(8192)
            numbers = here.upperBound..<numbers.upperBound
            return Trips.batch(here, cities: cities, version: version)
        }
    }

    package static func batch(_ numbers: Range<Int>, cities: Int, version: Int) -> RecordBatch {
        RecordBatch(schema: schema, rows: numbers.map { row($0, cities: cities, version: version) })
    }

    private static func row(_ number: Int, cities: Int, version: Int) -> [Cell] {
        var random = UInt64(truncatingIfNeeded: number &* 31 &+ version) &* 0x9E37_79B9_7F4A_7C15
        random ^= random >> 29
        let words = (0..<8).map { "word\((random >> (UInt64($0) * 8)) & 0xFF)" }.joined(separator: " ")
        return [
            .text(Bytes("trip-\(UInt64(number) &* 0x9E37_79B9_7F4A_7C15)-\(number)")), .text(Bytes("city \(number % cities)")), .int(Int64(version)),
            .double(Double(random % 10_000) / 100), .text(Bytes("rider \(random % 5000)")), .text(Bytes(words)),
        ]
    }
}
