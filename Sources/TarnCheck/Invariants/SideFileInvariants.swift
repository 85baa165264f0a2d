package import TarnBase

/// Hadoop's checksum files `.<name>.crc`, which its local file system holds against every read (hudi-format §1.1).
///
///     "crc" 00 | bytes a chunk (Int32, big-endian) | CRC-32 of each chunk (big-endian)
package struct SideFile {
    private let bytes: Bytes
    private let chunkByteCount: Int
    private static let headerByteCount = 8

    /// nil for what is no such file.
    package init?(_ bytes: Bytes) {
        guard bytes.count >= Self.headerByteCount, bytes[0..<4].array == Array("crc".utf8) + [0], bytes.count % 4 == 0 else { return nil }
        let chunk = bytes.withUnsafeBytes { Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: 4, as: Int32.self))) }
        guard chunk > 0 else { return nil }
        self.bytes = bytes
        chunkByteCount = chunk
    }

    private var checksumCount: Int { (bytes.count - Self.headerByteCount) / 4 }

    package func fits(byteCount: Int64) -> Bool {
        let (padded, overflow) = byteCount.addingReportingOverflow(Int64(chunkByteCount) - 1)
        return !overflow && padded / Int64(chunkByteCount) == Int64(checksumCount)
    }

    /// How many bytes to give ``fits(_:from:)`` at a time.
    var windowByteCount: Int { max(chunkByteCount, (1 << 20) / chunkByteCount * chunkByteCount) }

    /// Whether the bytes at `offset`, a multiple of the chunk's length, have the checksums noted.
    package func fits(_ content: Bytes, from offset: Int64) -> Bool {
        var chunk = Int(offset) / chunkByteCount
        var start = 0
        while start < content.count {
            let end = min(start + chunkByteCount, content.count)
            guard chunk < checksumCount else { return false }
            let noted = bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: Self.headerByteCount + 4 * chunk, as: UInt32.self)) }
            guard CRC32.checksum(of: content[start..<end]) == noted else { return false }
            start = end
            chunk += 1
        }
        return true
    }
}
