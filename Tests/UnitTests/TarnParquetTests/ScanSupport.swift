import Glibc
import TarnBase
import TarnColumns
import TarnParquet

/// A Parquet file held in memory, read through the decoders as a store would be.
struct MemoryFile {
    let bytes: Bytes
    /// Requests made so far, by range.
    private(set) var requests: [Range<Int64>] = []

    init(_ bytes: Bytes) { self.bytes = bytes }

    mutating func read(_ ranges: [Range<Int64>]) -> [Bytes] {
        requests += ranges
        return ranges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
    }

    mutating func metadata(limits: ReadLimits = .default, refusesUnreadableColumns: Bool = true) throws -> FileMetadata {
        var decoder = FooterDecoder(fileSize: Int64(bytes.count), limits: limits, refusesUnreadableColumns: refusesUnreadableColumns)
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(read(ranges))
            case .done(let metadata): return metadata
            }
        }
    }

    mutating func batches(
        _ metadata: FileMetadata? = nil, columns: [Int]? = nil, rowGroups: [Int]? = nil, options: ScanOptions = ScanOptions()
    ) throws -> [RecordBatch] {
        var scan = ParquetScan(metadata: try metadata ?? self.metadata(), columns: columns, rowGroups: rowGroups, options: options)
        var batches: [RecordBatch] = []
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(read(ranges))
            case .done(let batch?): batches.append(batch)
            case .done(nil): return batches
            }
        }
    }

    /// Every row, with the columns of `metadata`, as text.
    mutating func shownRows(_ metadata: FileMetadata) throws -> [String] {
        try batches(metadata).flatMap { batch in (0..<batch.rowCount).map { shown(batch, $0) } }
    }

    /// Every row as text.
    mutating func rows(columns: [Int]? = nil, options: ScanOptions = ScanOptions()) throws -> [String] {
        try batches(columns: columns, options: options).flatMap { batch in (0..<batch.rowCount).map { shown(batch, $0) } }
    }
}

extension MemoryFile {
    /// A file of `Fixtures/parquet`.
    static func fixture(_ name: String) throws -> MemoryFile {
        var folder = #filePath[...]
        for _ in 0..<4 { folder = folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.startIndex) }
        return MemoryFile(try Bytes(contentsOf: "\(folder)/Fixtures/parquet/\(name).parquet"))
    }
}

extension Bytes {
    init(contentsOf path: String) throws {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw ParquetError(.malformed, "cannot open \(path)") }
        defer { close(file) }
        var builder = ByteBuilder()
        var count = 1
        while count > 0 { builder.append(upTo: 1 << 16) { count = max(0, Glibc.read(file, $0.baseAddress, $0.count)); return count } }
        self = builder.finish()
    }
}
