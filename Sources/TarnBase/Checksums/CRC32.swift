import CZlib

/// The CRC-32 of gzip, PNG and Parquet (polynomial 0x04C11DB7, reflected).
package enum CRC32 {
    /// - Parameter previous: The checksum of the bytes in front, to go on from; 0 at the beginning.
    package static func checksum(of bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
        guard bytes.count >= CRC32Folding.leastByteCount else { return table(bytes, previous) }
        // The register is the checksum's complement.
        return CRC32Folding.rest(of: bytes, start: ~previous) { table($0, ~0) }
    }

    package static func checksum(of bytes: Bytes, after previous: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum(of: $0, after: previous) }
    }

    private static func table(_ bytes: UnsafeRawBufferPointer, _ previous: UInt32) -> UInt32 {
        // zlib takes a null pointer as "give the initial value".
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return previous }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(previous), base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
