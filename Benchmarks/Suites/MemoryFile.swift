import TarnBase
import TarnColumns
import TarnParquet

/// A Parquet file in memory.
struct MemoryFile {
    let bytes: Bytes
    let metadata: FileMetadata

    /// A file that comes in pieces, as the writer gives it.
    init(_ pieces: [Bytes]) throws(ParquetError) { try self.init(Bytes(joining: pieces)) }

    init(_ bytes: Bytes) throws(ParquetError) {
        self.bytes = bytes
        var decoder = FooterDecoder(fileSize: Int64(bytes.count))
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(ranges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] })
            case .done(let metadata):
                self.metadata = metadata
                return
            }
        }
    }

    subscript(range: Range<Int64>) -> Bytes { bytes[Int(range.lowerBound)..<Int(range.upperBound)] }

    /// - Parameter columns: Of the file's schema; nil for all.
    func batches(columns: [String]? = nil) throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        try forEachBatch(columns: columns) { batches.append($0) }
        return batches
    }

    func forEachBatch(columns: [String]? = nil, _ body: (RecordBatch) throws -> Void) throws {
        var scan = ParquetScan(metadata: metadata, columns: positions(columns))
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(ranges.map { self[$0] })
            case .done(let batch?): try body(batch)
            case .done(nil): return
            }
        }
    }

    func batches(columns: [String]? = nil, where filter: Filter) throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        var scan = FilteredScan(metadata: metadata, filter: try BoundFilter(filter, schema: metadata.schema), columns: positions(columns))
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(ranges.map { self[$0] })
            case .done(let batch?): batches.append(batch)
            case .done(nil): return batches
            }
        }
    }

    private func positions(_ columns: [String]?) -> [Int]? { columns.map { $0.compactMap { metadata.schema.index(of: $0) }.sorted() } }

    /// As ``Swift/Array/checksum()`` of the batches.
    func checksum() throws -> UInt64 { try batches().checksum() }
}

extension [RecordBatch] {
    /// Of all rows in their order, however they are cut into batches and pages, and stored in columns.
    func checksum() -> UInt64 {
        var sum = XXHash64()
        var encoded = ByteBuilder()
        for batch in self {
            encoded.removeAll()
            _ = RowCoder(schema: batch.schema).encode(batch, into: &encoded)
            encoded.withUnsafeBytes { sum.update($0) }
        }
        return sum.finish()
    }
}

extension Bytes {
    init(joining pieces: [Bytes]) {
        var builder = ByteBuilder(capacity: pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { builder.append(piece) }
        self = builder.finish()
    }
}
