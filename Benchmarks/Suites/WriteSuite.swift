import TarnBase
import TarnParquet

/// Conversations in columns to a file in memory: by each codec with one task and with two, and what is beside the codec.
enum WriteSuite: Suite {
    static let name = "write"
    static let rows = 500_000

    static func cases(_ arguments: SuiteArguments) throws -> [Case] {
        let data = try SuiteData.conversations(arguments)
        var cases: [Case] = []
        for (name, options) in layouts {
            cases.append(Case("\(name), 1 task", data, { try data.batches.written(options) }, checksum: { try MemoryFile($0).checksum() }))
            let batches = data.batches
            cases.append(
                Case(
                    "\(name), 2 tasks", data, { try waiting { try await batches.written(options, tasks: 2) } },
                    checksum: { try MemoryFile($0).checksum() }))
        }
        return cases
    }

    private static let layouts: [(name: String, options: ParquetWriteOptions)] = {
        func layout(_ codec: Codec, _ change: (inout ParquetWriteOptions) -> Void = { _ in }) -> ParquetWriteOptions {
            var options = ParquetWriteOptions()
            options.codec = codec
            change(&options)
            return options
        }
        return [
            ("none", layout(.none)), ("snappy", layout(.snappy)), ("zstd level 3", layout(.zstd(level: 3))), ("gzip level 6", layout(.gzip(level: 6))),
            ("none without checksums", layout(.none) { $0.writesChecksums = false }),
            ("none without dictionaries", layout(.none) { $0.usesDictionaries = false }),
            ("none, smallest encodings", layout(.none) { $0.encodings = .smallest }),
            ("zstd level 3, smallest encodings", layout(.zstd(level: 3)) { $0.encodings = .smallest }),
        ]
    }()
}
