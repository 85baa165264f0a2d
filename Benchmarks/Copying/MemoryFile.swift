import TarnBase
import TarnColumns
import TarnParquet

/// A Parquet file in memory.
struct MemoryFile {
    let bytes: Bytes
    let metadata: FileMetadata

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

    func forEachBatch(_ body: (RecordBatch) throws -> Void) throws {
        var scan = ParquetScan(metadata: metadata)
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(ranges.map { self[$0] })
            case .done(let batch?): try body(batch)
            case .done(nil): return
            }
        }
    }

    /// Of all rows in their order, however they are cut into batches and pages.
    func checksum() throws -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        var encoded = ByteBuilder()
        let coder = RowCoder(schema: metadata.schema)
        try forEachBatch { batch in
            encoded.removeAll()
            _ = coder.encode(batch, into: &encoded)
            encoded.withUnsafeBytes { bytes in
                for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
            }
        }
        return sum
    }
}
