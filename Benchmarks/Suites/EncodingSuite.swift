import TarnBase
import TarnColumns
import TarnParquet

/// Each encoding for each type that it holds, over a few distributions: one column into a file without compression, and back.
enum EncodingSuite: Suite {
    static let name = "encodings"
    static let rows = 1_000_000

    static func cases(_ arguments: SuiteArguments) throws -> [Case] {
        var cases: [Case] = []
        for kind in kinds {
            for distribution in kind.distributions {
                let encodings = kind.encodings + (distribution == .few ? [.runLengthDictionary] : [])
                let names = encodings.map { "\(kind.name) \(distribution.rawValue) \($0)" }
                guard names.contains(where: { arguments.picks("\($0) encode") || arguments.picks("\($0) decode") }) else { continue }
                let data = try column(kind, distribution, rows: arguments.rows)
                for (name, encoding) in zip(names, encodings) { cases += try both(name, encoding, data) }
            }
        }
        return cases
    }

    private static func both(_ name: String, _ encoding: Encoding, _ data: SuiteData) throws -> [Case] {
        var options = ParquetWriteOptions()
        options.codec = .none
        // The encoding alone, as far as a file has it.
        (options.writesChecksums, options.writesPageIndex, options.writesSizeStatistics) = (false, false, false)
        options.usesDictionaries = encoding == .runLengthDictionary
        var column = ColumnWriteOptions()
        if !options.usesDictionaries { column.encoding = encoding }
        options.columns = ["v": column]
        let file = try MemoryFile(data.batches.written(options))
        return [
            Case("\(name) encode", data, { [options] in try data.batches.written(options) }, checksum: { try MemoryFile($0).checksum() }),
            Case("\(name) decode", data, { try file.batches() }, checksum: { $0.checksum() }),
        ]
    }

    // MARK: Columns

    private enum Distribution: String {
        /// Like times of events.
        case rising
        case random
        /// As `random`, every tenth null.
        case nulls
        /// A hundred values.
        case few
        /// A hundred values, each a hundred times before the next.
        case runs
    }

    private struct Kind: Sendable {
        let name: String
        let type: DataType
        let distributions: [Distribution]
        let encodings: [Encoding]
        let cell: @Sendable (UInt64) -> Cell
    }

    private static let kinds: [Kind] = [
        Kind(name: "boolean", type: .boolean, distributions: [.random, .runs, .nulls], encodings: [.plain, .runLength]) { .boolean($0 & 1 == 1) },
        Kind(name: "int32", type: .int32, distributions: [.rising, .random, .few], encodings: [.plain, .deltaBinaryPacked, .byteStreamSplit]) {
            .int(Int64(Int32(truncatingIfNeeded: $0)))
        },
        Kind(
            name: "int64", type: .int64, distributions: [.rising, .random, .nulls, .few, .runs], encodings: [.plain, .deltaBinaryPacked, .byteStreamSplit]
        ) { .int(Int64(truncatingIfNeeded: $0)) },
        Kind(name: "float", type: .float, distributions: [.random, .few], encodings: [.plain, .byteStreamSplit]) { .float(Float($0 % 1_000_000) / 100) },
        Kind(name: "double", type: .double, distributions: [.random, .nulls, .few], encodings: [.plain, .byteStreamSplit]) {
            .double(Double($0 % 1_000_000) / 100)
        },
        Kind(name: "decimal", type: .decimal(precision: 20, scale: 2), distributions: [.random, .few], encodings: [.plain, .byteStreamSplit]) {
            .decimal(Int128($0 % 1_000_000_000_000))
        },
        Kind(
            name: "short text", type: .string, distributions: [.rising, .random, .nulls, .few, .runs],
            encodings: [.plain, .deltaLengthByteArray, .deltaByteArray]
        ) { .text(Bytes("\($0 % 10_000_000_000)")) },
        Kind(name: "long text", type: .string, distributions: [.rising, .random, .few], encodings: [.plain, .deltaLengthByteArray, .deltaByteArray]) {
            .text(Bytes("a text like those that people write, of which \($0) is the number, and then it goes on for a while"))
        },
    ]

    private static func column(_ kind: Kind, _ distribution: Distribution, rows: Int) throws -> SuiteData {
        let schema = Schema([Field("v", kind.type, nullable: distribution == .nulls)])
        return try SuiteData(
            stride(from: 0, to: rows, by: 8192).map { start in
                let cells = (start..<min(rows, start + 8192)).map { number in
                    distribution == .nulls && number % 10 == 3 ? Cell.null : kind.cell(value(number, distribution))
                }
                return RecordBatch(schema: schema, columns: [Column(kind.type, cells: cells)], rowCount: cells.count)
            })
    }

    private static func value(_ number: Int, _ distribution: Distribution) -> UInt64 {
        var random = Scrambled(distribution == .runs ? number / 100 : number)
        switch distribution {
        case .rising: return UInt64(number) * 900 + random.next() % 900
        case .random, .nulls: return random.next()
        case .few, .runs: return random.next() % 100
        }
    }
}
