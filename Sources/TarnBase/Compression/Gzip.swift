import CZlib

// zlib counts in 32 bits: longer runs go through in steps.
private let stepLimit = 1 << 30

/// One reused deflate state that writes gzip members.
final class GzipCompressor {
    // zlib keeps a pointer to the stream in its state, so the stream must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(level: Int) {
        stream.initialize(to: z_stream())
        let status = tarn_deflateInit2(stream, CInt(min(max(level, 0), 9)), 31)
        precondition(status == Z_OK, "out of memory for a deflate state")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func compress(_ input: UnsafeRawBufferPointer, appendingTo output: inout ByteBuilder) {
        deflateReset(stream)
        var rest = input[...]
        var status = Z_OK
        while status != Z_STREAM_END {
            let step = UnsafeRawBufferPointer(rebasing: rest.prefix(stepLimit))
            rest = rest.dropFirst(step.count)
            status = deflate(step, isLast: rest.isEmpty, appendingTo: &output)
        }
    }

    private func deflate(_ step: UnsafeRawBufferPointer, isLast: Bool, appendingTo output: inout ByteBuilder) -> CInt {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: step.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(step.count)
        var status = Z_OK
        repeat {
            let room = min(stepLimit, Int(deflateBound(stream, UInt(stream.pointee.avail_in))) + 64)
            output.append(upTo: room) { target in
                stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(room)
                status = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                return room - Int(stream.pointee.avail_out)
            }
            precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "zlib could not compress")
        } while status != Z_STREAM_END && (isLast || stream.pointee.avail_in > 0)
        return status
    }
}

/// One reused inflate state; reads gzip members and, since some writers leave the gzip header out, zlib streams.
final class GzipDecompressor {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        stream.initialize(to: z_stream())
        let status = tarn_inflateInit2(stream, 47)
        precondition(status == Z_OK, "out of memory for an inflate state")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(CodecError) {
        inflateReset(stream)
        var consumed = 0
        var produced = 0
        var spill: UInt8 = 0
        while true {
            let available = min(source.count - consumed, stepLimit)
            // With the target full, one byte of room shows whether there is more.
            let isFull = produced == target.count
            let room = isFull ? 1 : min(target.count - produced, stepLimit)
            let status = withUnsafeMutablePointer(to: &spill) { spill in
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: (source.baseAddress.map { $0 + consumed })?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(available)
                stream.pointee.next_out =
                    isFull ? spill : (target.baseAddress.map { $0 + produced })?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(room)
                return inflate(stream, Z_NO_FLUSH)
            }
            consumed += available - Int(stream.pointee.avail_in)
            let written = room - Int(stream.pointee.avail_out)
            if isFull, written > 0 { throw .sizeMismatch(declared: target.count, actual: nil) }
            produced += written
            if status == Z_STREAM_END {
                if consumed == source.count { break }
                inflateReset(stream)  // another member follows
                continue
            }
            guard status == Z_OK else { throw .malformed(codec: "gzip", reason: reason(status)) }
            guard consumed < source.count || written > 0 else { throw .malformed(codec: "gzip", reason: "ends too early") }
        }
        guard produced == target.count else { throw .sizeMismatch(declared: target.count, actual: produced) }
    }

    private func reason(_ status: CInt) -> String {
        if status == Z_BUF_ERROR { return "ends too early" }
        return stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
    }
}
