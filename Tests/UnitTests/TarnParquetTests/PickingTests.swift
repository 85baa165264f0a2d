import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// Filtered scans decode the rows that pass and pass over the others: what they give must be what reading all and dropping the
/// others gives.
@Suite struct PickingTests {
    /// Runs of rows of random lengths, by the column that counts them.
    static func rows(_ random: inout RandomColumns, of count: Int) -> Filter? {
        var filter: Filter?
        for _ in 0..<random.int(1..<25) {
            let first = random.int(0..<max(1, count))
            let length = [1, 1, 2, 9, 70, 900][random.int(0..<6)]
            let run: Filter = .greaterOrEqual("required", .integer(Int64(first) * 37)) && .less("required", .integer(Int64(first + length) * 37))
            filter = filter.map { $0 || run } ?? run
        }
        return filter
    }

    private func check(_ made: RandomFile, _ random: inout RandomColumns) throws {
        var output = ByteBuilder()
        for piece in try made.written() { output.append(piece) }
        var file = MemoryFile(output.finish())
        let count = made.batches.reduce(0) { $0 + $1.rowCount }
        for _ in 0..<4 {
            guard let filter = Self.rows(&random, of: count) else { continue }
            let options = FilteredFileTests.options(&random)
            let expected = try file.rowsOneByOne(where: filter)
            #expect(try file.rows(where: filter, options: options).rows == expected, "\(options) TARN_SEED=\(testSeed)")
        }
    }

    @Test func `runs of rows out of random files of every encoding are those that reading everything gives`() throws {
        var random = RandomColumns()
        for _ in 0..<40 { try check(RandomFile(inventing: &random, rows: random.int(0..<3000)), &random) }
    }

    @Test func `runs of rows of every type are those that reading everything gives`() throws {
        var random = RandomColumns()
        for _ in 0..<4 { try check(RandomFile(&random, rows: random.int(0..<1500)), &random) }
    }

    @Test(arguments: [(Encoding.plain, DataType.int32), (.plain, .boolean), (.plain, .string), (.runLength, .boolean), (.deltaBinaryPacked, .int32),
        (.deltaBinaryPacked, .int64), (.byteStreamSplit, .double), (.deltaLengthByteArray, .string), (.deltaByteArray, .string), (.runLengthDictionary, .string),
        (.runLengthDictionary, .int64)])
    func `single rows far apart in one page are read, whatever the encoding`(encoding: Encoding, type: DataType) throws {
        var random = RandomColumns()
        for nulls in [0, 30] {
            let count = 5000
            // Runs of equal values between those that differ.
            var cells: [Cell] = []
            while cells.count < count {
                let cell = random.chance(nulls) ? Cell.null : random.cell(type, nulls: 0)
                cells += Array(repeating: cell, count: min(count - cells.count, random.chance(50) ? 1 : random.int(1..<200)))
            }
            let batch = RecordBatch(["row": Column(int64: (0..<count).map { Int64($0) }), "v": Column(type, cells: cells)])
            var options = ParquetWriteOptions()
            options.codec = .none
            var column = ColumnWriteOptions()
            column.usesDictionary = encoding == .runLengthDictionary
            if encoding != .runLengthDictionary { column.encoding = encoding }
            options.columns["v"] = column
            var file = try Self.file([batch], options)
            for _ in 0..<20 {
                let picked = Set((0..<random.int(1..<30)).map { _ in random.int(0..<count) }).sorted()
                let found = try file.rows(where: .isIn("row", picked.map { .integer(Int64($0)) }), options: ScanOptions(batchRows: [count, 700][random.int(0..<2)]))
                #expect(found.rows == picked.map { shown(batch, $0) }, "TARN_SEED=\(testSeed)")
                #expect(found.others == Int64(picked.count), "no other rows were decoded")
            }
        }
    }

    static func file(_ batches: [RecordBatch], _ options: ParquetWriteOptions) throws -> MemoryFile {
        let writer = try ParquetFileWriter(schema: batches[0].schema, options: options)
        var output = ByteBuilder()
        for batch in batches {
            try writer.append(batch)
            for piece in writer.takeOutput() { output.append(piece) }
        }
        for piece in try writer.finish() { output.append(piece) }
        return MemoryFile(output.finish())
    }

    @Test func `picks out of runs and bit-packed groups are what decoding all of them gives`() throws {
        try withSeed { random, seed in
            for _ in 0..<300 {
                let width = Int.random(in: 0...32, using: &random)
                var bytes: [UInt8] = []
                var count = width == 0 ? 300 : 0
                for _ in 0..<Int.random(in: 1...6, using: &random) where width > 0 {
                    if Bool.random(using: &random) {
                        let length = Int.random(in: 1...60, using: &random)
                        let value = UInt64.random(in: 0..<(1 << UInt64(width)), using: &random)
                        bytes.append(UInt8(length << 1))
                        for byte in 0..<((width + 7) / 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
                        count += length
                    } else {
                        let groups = Int.random(in: 1...9, using: &random)
                        bytes.append(UInt8(groups << 1 | 1))
                        for _ in 0..<(groups * width) { bytes.append(UInt8.random(in: 0...255, using: &random)) }
                        count += groups * 8
                    }
                }
                var whole = RunLengthDecoder(Bytes(bytes), bitWidth: width)
                let all = try values(&whole, count)
                var decoder = RunLengthDecoder(Bytes(bytes), bitWidth: width)
                var (passed, found): (Int, [UInt32]) = (0, [])
                var expected: [UInt32] = []
                while passed < count {
                    let step = min(count - passed, Int.random(in: 1...90, using: &random))
                    if Int.random(in: 0...3, using: &random) == 0 {
                        found += try values(&decoder, step)
                        expected += all[passed..<(passed + step)]
                    } else {
                        let share = [0, 2, 10][Int.random(in: 0...2, using: &random)]
                        let picked = (0..<step).filter { _ in Int.random(in: 0...9, using: &random) < share }
                        found += try values(&decoder, step, picked)
                        expected += picked.map { all[passed + $0] }
                    }
                    passed += step
                }
                #expect(found == expected, "width \(width), TARN_SEED=\(seed)")
            }
        }
    }

    private func values(_ decoder: inout RunLengthDecoder, _ count: Int, _ picked: [Int]? = nil) throws -> [UInt32] {
        var values = [UInt32](repeating: 0, count: picked?.count ?? count)
        let positions = (picked ?? []).map { UInt32($0) }
        try values.withUnsafeMutableBufferPointer { (values) throws(ParquetError) in
            guard let base = values.baseAddress else { return picked == nil ? () : try pass(&decoder, count) }
            if picked == nil { return try decoder.decode(count: count, into: base) }
            try positions.withUnsafeBufferPointer { (positions) throws(ParquetError) in
                try decoder.decode(count: count, picking: Picks(positions), into: base)
            }
        }
        return values
    }

    private func pass(_ decoder: inout RunLengthDecoder, _ count: Int) throws(ParquetError) {
        var none: UInt32 = 0
        try decoder.decode(count: count, picking: .none, into: &none)
    }

    // MARK: What it is for

    @Test func `a few rows keep no pages alive`() throws {
        let text = (0..<40_000).map { "text number \($0) that is too long to be inline \($0 * 7919)" }
        var options = ParquetWriteOptions()
        options.usesDictionaries = false
        var file = try Self.file([RecordBatch(["row": Column(int64: (0..<40_000).map { Int64($0) }), "text": Column(strings: text)])], options)
        let metadata = try file.metadata()
        let picked = (0..<40).map { $0 * 997 }
        let filter = try BoundFilter(.isIn("row", picked.map { .integer(Int64($0)) }), schema: metadata.schema)
        var scan = FilteredScan(metadata: metadata, filter: filter)
        var batches: [RecordBatch] = []
        reading: while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(file.read(ranges))
            case .done(let batch?): batches.append(batch)
            case .done(nil): break reading
            }
        }
        #expect(batches.flatMap { batch in (0..<batch.rowCount).map { batch.row(at: $0)[1] } } == picked.map { .text(Bytes(text[$0])) })
        let retained = Column.retainedByteCount(batches.flatMap(\.columns))
        #expect(retained < 400_000, "\(retained) bytes for 40 rows of 50 bytes, out of pages of 1 MiB")
    }

    @Test func `a dictionary that no wanted page needs is not decoded`() throws {
        // The first pages of `text` hold codes, the last ones values.
        var file = try MemoryFile.fixture("dictionary-falls-back-pyarrow")
        let metadata = try file.metadata()
        func decoded(_ row: Int) throws -> (values: Int64, bytes: Int64) {
            let filter = try BoundFilter(.equal(metadata.schema.fields[0].name, .integer(Int64(row))), schema: metadata.schema)
            var scan = FilteredScan(metadata: metadata, filter: filter, rowGroups: [0])
            while true {
                switch try scan.next() {
                case .needs(let ranges): try scan.supply(file.read(ranges))
                case .done(let batch?): #expect(batch.rowCount == 1 && batch.row(at: 0)[0] == .int(Int64(row)))
                case .done(nil): return (scan.decodedValueCount, scan.decompressedByteCount)
                }
            }
        }
        let last = Int(metadata.rowGroups[0].rowCount) - 1
        let (inDictionary, inPlain) = (try decoded(1), try decoded(last))
        #expect(inPlain.values > 0 && inPlain.values < inDictionary.values, "\(inPlain) \(inDictionary)")
    }

    @Test func `pages cut short, of which rows are picked, are refused or read as before`() throws {
        var random = RandomColumns()
        let cuts: [(PhysicalType, Encoding)] = [
            (.int32, .plain), (.byteArray, .plain), (.boolean, .plain), (.boolean, .runLength), (.int64, .deltaBinaryPacked), (.byteArray, .deltaLengthByteArray),
            (.byteArray, .deltaByteArray), (.double, .byteStreamSplit), (.int32, .runLengthDictionary),
        ]
        for (type, encoding) in cuts {
            for _ in 0..<60 {
                let body = (0..<random.int(0..<60)).map { _ in UInt8([0, 1, 2, 4, 8, 0x80, random.int(0..<256)][random.int(0..<7)]) }
                var rows: [UInt8] = []
                for row in 0..<16 { rows += [UInt8(row), 0, 0, 0] }
                var file = try HandMadeFile(
                    elements: [SchemaElement("row", .required, .int32), SchemaElement("v", .required, type)], rowCount: 16,
                    pages: [[HandMadeFile.dataPage(16, .plain, rows)], [HandMadeFile.dataPage(16, encoding, body)]]
                ).file()
                let filter: Filter = .isIn("row", [.integer(Int64(random.int(0..<16))), .integer(Int64(random.int(0..<16)))])
                let before = Result { try file.rowsOneByOne(where: filter) }
                let now = Result { try file.rows(where: filter).rows }
                // What lies behind the last row picked is not looked at, so more may be read than before; never something else.
                switch (before, now) {
                case (.success(let before), .success(let now)): #expect(before == now, "\(encoding) \(body)")
                case (.success, .failure(let error)): Issue.record("\(encoding) \(body): \(error)")
                case (.failure, .failure(let error)): #expect(error is ParquetError)
                case (.failure, .success): break
                }
            }
        }
    }
}
