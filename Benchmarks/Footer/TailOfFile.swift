import Glibc
import TarnBase
import TarnParquet
import TarnStorage
import TarnTable

/// The end of a Parquet file in memory: its footer.
struct TailOfFile {
    private let bytes: Bytes
    private let fileSize: Int64

    init(_ path: String) throws {
        guard let file = fopen(path, "r") else { throw TableError(.invalid, "\(path) cannot be read") }
        defer { fclose(file) }
        func read(_ count: Int, beforeEnd: Int) throws -> Bytes {
            fseek(file, -beforeEnd, SEEK_END)
            let bytes = Bytes(unsafeUninitializedCapacity: count) { fread($0.baseAddress, 1, count, file) }
            guard bytes.count == count else { throw TableError(.invalid, "\(path) cannot be read") }
            return bytes
        }
        fseek(file, 0, SEEK_END)
        fileSize = Int64(ftell(file))
        let length = try read(4, beforeEnd: 8).withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
        let count = min(Int(fileSize), max(length + 8, FooterDecoder.firstFetchBytes))
        bytes = try read(count, beforeEnd: count)
    }

    /// Decodes it anew.
    func metadata() throws(ParquetError) -> FileMetadata {
        var decoder = FooterDecoder(fileSize: fileSize)
        while true {
            switch try decoder.next() {
            case .needs(let ranges):
                let start = fileSize - Int64(bytes.count)
                try decoder.supply(ranges.map { bytes[Int($0.lowerBound - start)..<Int($0.upperBound - start)] })
            case .done(let metadata): return metadata
            }
        }
    }
}
