import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport
import Testing

/// What the writer says of its pages: against the pages, and the rows that went in.
@Suite struct WrittenIndexTests {
    /// A row group of a file: its place in the file's rows, and what the file says of one leaf.
    private struct Chunk {
        let leaf: LeafColumn
        let chunk: ColumnChunk
        let rows: Range<Int>
    }

    private func whole(_ pieces: [Bytes]) -> Bytes {
        var whole = ByteBuilder()
        for piece in pieces { whole.append(piece) }
        return whole.finish()
    }

    private func bytes(_ offset: Int64?, _ count: Int32?, _ file: Bytes) throws -> Bytes {
        let start = Int(try #require(offset))
        return file[start..<(start + Int(try #require(count)))]
    }

    private func chunks(of metadata: FileMetadata) -> [Chunk] {
        var first = 0
        return metadata.rowGroups.flatMap { group in
            defer { first += Int(group.rowCount) }
            return zip(metadata.tree.leaves, group.columns).map { Chunk(leaf: $0, chunk: $1, rows: first..<(first + Int(group.rowCount))) }
        }
    }

    /// A bound as the cell it stands for; text as its bytes.
    private func cell(_ bound: Bytes, _ type: DataType) -> Cell {
        func value<Value>(_ type: Value.Type) -> Value { bound.withUnsafeBytes { $0.loadUnaligned(as: type) } }
        switch type {
        case .boolean: return .boolean(bound[0] == 1)
        case .int32, .date: return .int(Int64(value(Int32.self)))
        case .int64, .time, .timestamp: return .int(value(Int64.self))
        case .float: return .float(value(Float.self))
        case .double: return .double(value(Double.self))
        case .decimal:
            let sign: Int128 = bound.array.first.map { $0 >= 0x80 ? -1 : 0 } ?? 0
            return .decimal(bound.array.reduce(sign) { $0 << 8 | Int128($1) })
        default: return .text(bound)
        }
    }

    private func precedes(_ left: Cell, _ right: Cell) -> Bool {
        switch (left, right) {
        case (.boolean(let l), .boolean(let r)): !l && r
        case (.int(let l), .int(let r)): l < r
        case (.float(let l), .float(let r)): l < r
        case (.double(let l), .double(let r)): l < r
        case (.decimal(let l), .decimal(let r)): l < r
        case (.text(let l), .text(let r)): l.array.lexicographicallyPrecedes(r.array)
        default: false
        }
    }

    private func isNaN(_ cell: Cell) -> Bool {
        switch cell {
        case .float(let value): value.isNaN
        case .double(let value): value.isNaN
        default: false
        }
    }

    @Test func `indexes tell where pages lie, what bounds them and how they are ordered`() throws {
        var random = RandomColumns()
        var checked = 0
        // Files of few flat columns have few pages: more of them then.
        for rows in Array(repeating: [1, 60, 700, 2500], count: 20).joined() where rows < 2500 || checked <= 1000 {
            var file = RandomFile(&random, rows: rows)
            file.options.writesPageIndex = true
            file.options.pageRows = random.int(20..<200)
            let pieces = try file.written()
            let bytes = whole(pieces)
            let all = file.rows
            for chunk in try chunks(of: readBack(pieces).metadata) {
                let offsets = try OffsetIndex(decoding: self.bytes(chunk.chunk.offsetIndexOffset, chunk.chunk.offsetIndexByteCount, bytes))
                #expect(offsets.pages[0].offset == chunk.chunk.dataPageOffset)
                for page in offsets.pages {
                    let (header, headerByteCount) = try PageHeader.read(bytes[Int(page.offset)..<Int(page.offset + Int64(page.byteCount))])
                    #expect(headerByteCount + header.compressedByteCount == Int(page.byteCount) && header.type != .dictionary)
                }
                guard chunk.leaf.path.count == 1, let column = file.schema.names.firstIndex(of: chunk.leaf.name) else { continue }
                let values = all[chunk.rows].map { $0[column] }
                let ends = offsets.pages.dropFirst().map { Int($0.firstRow) } + [values.count]
                let pages = zip(offsets.pages, ends).map { Array(values[Int($0.firstRow)..<$1]) }
                if pages.contains(where: { page in page.contains { !$0.isNull } && page.allSatisfy { $0.isNull || isNaN($0) } }) {
                    #expect(chunk.chunk.columnIndexOffset == nil, "a page of NaN alone has no bounds")
                    continue
                }
                let index = try ColumnIndex(decoding: self.bytes(chunk.chunk.columnIndexOffset, chunk.chunk.columnIndexByteCount, bytes))
                try check(index, pages, chunk.leaf, "\(chunk.leaf.name) TARN_SEED=\(testSeed)")
                checked += pages.count
                guard file.options.writesSizeStatistics, chunk.leaf.physicalType == .byteArray else { continue }
                func size(_ cells: [Cell]) -> Int64 { cells.reduce(0) { if case .text(let text) = $1 { $0 + Int64(text.count) } else { $0 } } }
                #expect(offsets.byteArrayByteCounts == pages.map(size) && chunk.chunk.sizeStatistics?.byteArrayByteCount == size(values))
            }
        }
        #expect(checked > 1000)
    }

    private func check(_ index: ColumnIndex, _ pages: [[Cell]], _ leaf: LeafColumn, _ comment: Comment) throws {
        #expect(index.pageCount == pages.count && index.nullCounts == pages.map { Int64($0.count { $0.isNull }) }, comment)
        var bounds: [(low: Cell, high: Cell)] = []
        for (number, page) in pages.enumerated() {
            let present = page.filter { !$0.isNull && !isNaN($0) }
            #expect(index.isNullPage[number] == present.isEmpty, comment)
            guard let least = present.min(by: precedes), let greatest = present.max(by: precedes) else { continue }
            let (low, high) = (cell(index.minima[number], leaf.type), cell(index.maxima[number], leaf.type))
            #expect(!precedes(least, low) && !precedes(high, greatest), comment)
            func isShort(_ cell: Cell) -> Bool { if case .text(let text) = cell { text.count <= 64 } else { true } }
            #expect(isShort(least) ? low == least : index.minima[number].count <= 64, comment)
            #expect(isShort(greatest) ? high == greatest : index.maxima[number].count <= 67 || leaf.type == .binary, comment)
            bounds.append((low, high))
        }
        let pairs = Array(zip(bounds, bounds.dropFirst()))
        let rises = pairs.allSatisfy { !precedes($1.low, $0.low) && !precedes($1.high, $0.high) }
        let falls = pairs.allSatisfy { !precedes($0.low, $1.low) && !precedes($0.high, $1.high) }
        #expect(index.order == (rises ? .ascending : falls ? .descending : .unordered), comment)
    }

    @Test func `bloom filters hold every value of their chunk and few others`() throws {
        var options = ParquetWriteOptions()
        options.rowGroupRows = 8000
        options.dictionaryBytes = 30_000
        for name in ["few", "many", "number", "amount", "turns", "list.list.element"] {
            options.columns[name] = ColumnWriteOptions()
            options.columns[name]?.bloomFilter = BloomFilterOptions()
        }
        let count = 20_000
        func text(_ value: Int) -> String { "value \(value)" }
        let batch = RecordBatch([
            "few": Column(strings: (0..<count).map { text($0 % 7) }), "many": Column(strings: (0..<count).map(text)),
            "number": Column(int64: (0..<count).map { Int64($0) * 3 }), "amount": Column(decimals: (0..<count).map { Int128($0 % 50) }, precision: 5, scale: 2),
            "turns": Column(strings: (0..<count).map { $0 % 8000 < 3000 ? "x" : "late and distinct value \($0)" }),
            "list": Column(.list(.string), cells: (0..<count).map { $0 % 3 == 0 ? .null : .list([.text(Bytes(text($0))), .null]) }),
            "nothing": Column(.string, cells: Array(repeating: .null, count: count)),
        ])
        let writer = try ParquetFileWriter(schema: batch.schema, options: options)
        try writer.append(batch)
        let pieces = try writer.finish()
        let file = whole(pieces)
        for chunk in try chunks(of: readBack(pieces).metadata) {
            guard chunk.leaf.name != "nothing" else {
                #expect(chunk.chunk.bloomFilterOffset == nil)
                continue
            }
            let filter = try SplitBlockBloomFilter(decoding: bytes(chunk.chunk.bloomFilterOffset, chunk.chunk.bloomFilterByteCount, file))
            func plain(_ row: Int) -> Bytes {
                switch chunk.leaf.path[0] {
                case "few": Bytes(text(row % 7))
                case "number": withUnsafeBytes(of: Int64(row) * 3) { Bytes(copying: $0) }
                case "amount": Bytes([0, 0, UInt8(row % 50)])
                case "turns": Bytes(row % 8000 < 3000 ? "x" : "late and distinct value \(row)")
                default: Bytes(text(row))
                }
            }
            let isHeld = { (row: Int) in filter.mayContain(hash: SplitBlockBloomFilter.hash(plain(row))) }
            #expect(chunk.rows.allSatisfy { (chunk.leaf.path[0] == "list" && $0 % 3 == 0) || isHeld($0) }, "\(chunk.leaf.name)")
            guard ["many", "number"].contains(chunk.leaf.name) else { continue }
            let wrong = (100_000..<120_000).count { isHeld($0) }
            #expect(wrong < 400, "\(wrong) of 20000 that are not there, in \(chunk.leaf.name)")
        }
    }

    @Test func `options for what a column cannot have are refused by its name`() throws {
        let schema: Schema = [Field("a", .int32), Field("b", .boolean), Field("l", .list(.string))]
        func column(_ change: (inout ColumnWriteOptions) -> Void) -> ColumnWriteOptions {
            var options = ColumnWriteOptions()
            change(&options)
            return options
        }
        var rare = BloomFilterOptions()
        rare.falsePositiveRate = 0
        for (name, wrong) in [
            ("x", column { $0.usesDictionary = true }), ("l", column { $0.usesDictionary = true }),
            ("a", column { $0.encoding = .deltaByteArray }), ("a", column { $0.encoding = .runLengthDictionary }),
            ("l.list.element", column { $0.encoding = .deltaBinaryPacked }),
            ("b", column { $0.bloomFilter = BloomFilterOptions() }), ("a", column { $0.bloomFilter = rare }),
        ] {
            var options = ParquetWriteOptions()
            options.columns[name] = wrong
            let error = #expect(throws: ParquetError.self) { try ParquetFileWriter(schema: schema, options: options) }
            #expect(error?.kind == .unsupported && error?.column == name)
        }
        var options = ParquetWriteOptions()
        options.sortingColumns = [SortingColumn(leaf: 3, isDescending: false, isNullsFirst: true)]
        #expect(throws: ParquetError.self) { try ParquetFileWriter(schema: schema, options: options) }
        options.sortingColumns[0].leaf = 2
        let writer = try ParquetFileWriter(schema: schema, options: options)
        try writer.append(RecordBatch(schema: schema, columns: schema.fields.map { Column($0.type, cells: [.null]) }, rowCount: 1))
        #expect(try readBack(writer.finish()).metadata.rowGroups[0].sortingColumns == options.sortingColumns)
    }

    @Test func `the bytes are the same however many tasks write them`() async throws {
        var random = RandomColumns()
        for rows in [0, 1, 300, 1200] {
            var file = RandomFile(&random, rows: rows)
            if random.chance(50) { file.options.rowGroupBytes = random.int(1000..<100_000) }
            let once = try whole(file.written())
            for tasks in [2, 5] {
                let writer = try ParquetFileWriter(schema: file.schema, options: file.options)
                var pieces: [Bytes] = []
                for batch in file.batches {
                    try await writer.append(batch, tasks: tasks)
                    pieces += writer.takeOutput()
                }
                pieces += try await writer.finish(tasks: tasks)
                let difference = zip(whole(pieces).array, once.array).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                #expect(whole(pieces) == once, "\(tasks) tasks: other from byte \(difference ?? -1) on, \(file.options); TARN_SEED=\(testSeed)")
            }
        }
    }

    @Test func `what one task refuses, several refuse`() async throws {
        let schema: Schema = [Field("a", .int32, nullable: false), Field("b", .string)]
        let writer = try ParquetFileWriter(schema: schema)
        let batch = RecordBatch(schema: schema, columns: [Column(int32: [1, nil]), Column(strings: ["x", "y"])], rowCount: 2)
        await #expect(throws: ParquetError.self) { try await writer.append(batch, tasks: 2) }
    }
}
