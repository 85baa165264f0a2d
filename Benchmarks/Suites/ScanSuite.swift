import TarnBase
import TarnColumns
import TarnParquet

/// Conversations from a file in memory to columns: all of them by each codec, then a few columns, a few rows, and the nested ones.
enum ScanSuite: Suite {
    static let name = "scan"
    static let rows = 500_000

    private static let codecs: [Codec] = [.none, .snappy, .zstd(level: 3), .gzip(level: 6)]
    private static let selected = ["conversation_id", "event_ts", "resolution_ms"]
    private static let nested = ["tags", "timing"]

    static func cases(_ arguments: SuiteArguments) throws -> [Case] {
        let data = try SuiteData.conversations(arguments)
        var cases: [Case] = []
        for codec in codecs {
            let name = "all columns \(codec)"
            guard arguments.picks(name) else { continue }
            let file = try file(data, codec)
            cases.append(Case(name, data, { try file.batches() }, checksum: { $0.checksum() }))
        }
        let parts = ["three columns", "nested columns", "one tenant", "an hour"]
        for codec in [Codec.none, .zstd(level: 3)] where parts.contains(where: { arguments.picks("\($0) \(codec)") }) {
            let file = try file(data, codec)
            for (part, columns) in zip(parts, [selected, nested]) {
                let picked = try SuiteData(data.batches.compactMap { $0.selecting(columns) })
                cases.append(Case("\(part) \(codec)", picked, { try file.batches(columns: columns) }, checksum: { $0.checksum() }))
            }
            for (part, filter) in zip(parts[2...], [tenant(of: data), hour(of: data)]) {
                // By another way than the scan's: everything read, and then filtered. Figures are for the rows looked at.
                let bound = try BoundFilter(filter, schema: data.schema)
                let expected = data.batches.compactMap { $0.filter(bound.evaluate($0)).selecting(selected) }.checksum()
                let looked = try SuiteData(data.batches.compactMap { $0.selecting(selected) })
                cases.append(
                    Case(
                        "\(part) \(codec)", looked, expected: expected, { try file.batches(columns: selected, where: filter) },
                        checksum: { $0.checksum() }))
            }
        }
        return cases
    }

    private static func file(_ data: SuiteData, _ codec: Codec) throws -> MemoryFile {
        var options = ParquetWriteOptions()
        options.codec = codec
        // As the kit's file.
        options.rowGroupRows = 131_072
        return try MemoryFile(data.batches.written(options))
    }

    /// Rows that are everywhere.
    private static func tenant(of data: SuiteData) -> Filter {
        guard case .text(let text)? = data.batches[0]["tenant_id"]?.cell(at: data.batches[0].rowCount / 2) else { return .isNull("tenant_id") }
        return .equal("tenant_id", .text(text.printableText))
    }

    /// Rows side by side, where the file is in the order of time.
    private static func hour(of data: SuiteData) -> Filter {
        guard case .int(let time)? = data.batches[data.batches.count / 2]["event_ts"]?.cell(at: 0) else { return .isNull("event_ts") }
        return .greaterOrEqual("event_ts", .integer(time)) && .less("event_ts", .integer(time + 3_600_000))
    }
}
