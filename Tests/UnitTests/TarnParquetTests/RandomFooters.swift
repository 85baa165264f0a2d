import TarnBase
import TarnColumns
import TarnParquet
import TarnTestSupport

/// Footers with any of what the format has, in any combination.
struct RandomFooters {
    var random: SplitMix64

    mutating func next() throws -> FileMetadata {
        let columns = random.int(1...12)
        let tree = try SchemaTree(writing: Schema((0..<columns).map { Field(name(unlike: $0), type()) }), rootName: text())
        let groups = (0..<random.int(0...5)).map { _ in
            var group = RowGroup(columns: tree.leaves.map { chunk($0) }, rowCount: Int64(random.int(0...1 << 40)))
            group.byteCount = number()
            group.fileOffset = maybe { $0.number() }
            group.compressedByteCount = maybe { $0.number() }
            group.ordinal = maybe { Int16($0.random.int(-3...300)) }
            group.sortingColumns = list { SortingColumn(leaf: Int32($0.random.int(0...99)), isDescending: $0.bool(), isNullsFirst: $0.bool()) }
            return group
        }
        var metadata = FileMetadata(tree: tree, rowGroups: groups)
        metadata.version = Int32(random.int(1...2))
        metadata.keyValueMetadata = keyValues()
        metadata.createdBy = maybe { $0.text() }
        metadata.columnOrders = bool() ? [] : tree.leaves.map { _ in bool() ? .byType : .other(3) }
        return metadata
    }

    private mutating func chunk(_ leaf: LeafColumn) -> ColumnChunk {
        var chunk = ColumnChunk(leaf.physicalType, path: bool() ? leaf.path : [], codec: CompressionCodec(rawValue: Int32(random.int(0...9))))
        chunk.encodings = list { Encoding(rawValue: Int32($0.random.int(-1...12))) }
        chunk.valueCount = abs(number())
        chunk.uncompressedByteCount = number()
        chunk.compressedByteCount = abs(number())
        chunk.keyValueMetadata = keyValues()
        chunk.dataPageOffset = abs(number())
        chunk.indexPageOffset = maybe { $0.number() }
        chunk.dictionaryPageOffset = maybe { $0.number() }
        chunk.statistics = maybe { $0.statistics() }
        chunk.encodingStatistics = list {
            PageEncodingStatistics(PageType(rawValue: Int32($0.random.int(0...4))), .plain, pageCount: Int32($0.random.int(0...1 << 30)))
        }
        chunk.bloomFilterOffset = maybe { $0.number() }
        chunk.bloomFilterByteCount = maybe { Int32(truncatingIfNeeded: $0.number() >> 32) }
        chunk.sizeStatistics = maybe { $0.sizes() }
        chunk.fileOffset = number()
        chunk.filePath = maybe { $0.text() }
        chunk.offsetIndexOffset = maybe { $0.number() }
        chunk.offsetIndexByteCount = maybe { Int32($0.random.int(0...1 << 30)) }
        chunk.columnIndexOffset = maybe { $0.number() }
        chunk.columnIndexByteCount = maybe { Int32($0.random.int(0...1 << 30)) }
        return chunk
    }

    private mutating func statistics() -> Statistics {
        var statistics = Statistics()
        statistics.legacyMaximum = maybe { Bytes($0.text()) }
        statistics.legacyMinimum = maybe { Bytes($0.text()) }
        statistics.nullCount = maybe { $0.number() }
        statistics.distinctCount = maybe { $0.number() }
        statistics.maximum = maybe { Bytes($0.text()) }
        statistics.minimum = maybe { Bytes($0.text()) }
        statistics.isMaximumExact = maybe { $0.bool() }
        statistics.isMinimumExact = maybe { $0.bool() }
        return statistics
    }

    private mutating func sizes() -> SizeStatistics {
        var sizes = SizeStatistics()
        sizes.byteArrayByteCount = maybe { $0.number() }
        sizes.repetitionLevels = list { $0.number() }
        sizes.definitionLevels = list { $0.number() }
        return sizes
    }

    private mutating func keyValues() -> [KeyValue] { list { KeyValue($0.text(), $0.maybe { $0.text() }) } }

    private mutating func type() -> DataType {
        switch random.int(0...7) {
        case 0: .int64
        case 1: .string
        case 2: .decimal(precision: random.int(1...38), scale: 0)
        case 3: .timestamp(.microseconds)
        case 4: .list(.map(.string, .double))
        case 5: .struct([Field("a", .boolean), Field(text() + "_", .time)])
        case 6: .date
        default: .binary
        }
    }

    /// Of every length around those at which names and lengths are stored otherwise.
    private mutating func text() -> String {
        let count = random.int(0...3) == 0 ? random.int(0...300) : random.int(0...20)
        return String((0..<count).map { _ in random.int(0...30) == 0 ? "ł" : Character(Unicode.Scalar(UInt8(random.int(32...126)))) })
    }

    private mutating func name(unlike number: Int) -> String { "\(text())#\(number)" }

    /// Of all lengths, and the outermost.
    private mutating func number() -> Int64 {
        let number = Int64(bitPattern: random.next()) >> Int64(random.int(0...63))
        return number == .min ? .max : number
    }

    private mutating func bool() -> Bool { random.int(0...1) == 0 }

    private mutating func maybe<Value>(_ value: (inout RandomFooters) -> Value) -> Value? { bool() ? nil : value(&self) }

    private mutating func list<Value>(_ value: (inout RandomFooters) -> Value) -> [Value] {
        let count = random.int(0...2) == 0 ? 0 : random.int(0...20)
        return (0..<count).map { _ in value(&self) }
    }
}

extension SplitMix64 {
    fileprivate mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
