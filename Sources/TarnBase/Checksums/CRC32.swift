import CDeflate

/// The CRC-32 of gzip, PNG and Parquet (polynomial 0x04C11DB7, reflected).
package enum CRC32 {
    /// - Parameter previous: The checksum of the bytes in front, to go on from; 0 at the beginning.
    package static func checksum(of bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
        // The library takes a null pointer as "give the initial value".
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return previous }
        return libdeflate_crc32(previous, base, bytes.count)
    }

    package static func checksum(of bytes: Bytes, after previous: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum(of: $0, after: previous) }
    }
}
