import CZlib

/// Deflate without a wrapper (RFC 1951), as Avro's container files have it.
package enum RawDeflate {
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case malformed
        case tooLong(limit: Int)

        package var description: String {
            switch self {
            case .malformed: "is not valid deflate data"
            case .tooLong(let limit): "inflates to more than \(limit) bytes"
            }
        }
    }

    /// What `bytes` inflate to, at most `limit` bytes. Memory grows with what comes out, never with what is promised.
    /// Bytes behind the end are passed over: fastavro leaves a part of zlib's checksum there.
    package static func inflate(_ bytes: Bytes, limit: Int) throws(Failure) -> Bytes {
        // zlib keeps a pointer to the stream in its state, so the stream must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard tarn_inflateInit2(stream, -15) == Z_OK else { preconditionFailure("out of memory for an inflate state") }
        defer { inflateEnd(stream) }
        var output = ByteBuilder()
        let status = bytes.withUnsafeBytes { input -> Int32 in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var status = Z_OK
            while status == Z_OK, output.count <= limit {
                let before = output.count
                output.append(upTo: min(max(4096, output.count), limit - output.count + 1)) { room -> Int in
                    stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(clamping: room.count)
                    let offered = Int(stream.pointee.avail_out)
                    status = CZlib.inflate(stream, Z_NO_FLUSH)
                    return offered - Int(stream.pointee.avail_out)
                }
                if output.count == before, status == Z_OK { status = Z_BUF_ERROR }
            }
            return status
        }
        guard output.count <= limit else { throw .tooLong(limit: limit) }
        guard status == Z_STREAM_END else { throw .malformed }
        return output.finish()
    }
}
