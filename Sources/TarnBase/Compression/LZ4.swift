/// LZ4's block format, read only: sequences of literals and copies, without a length in front.
///
///     block    := { sequence }
///     sequence := token, literal count beyond 15, literals, offset (UInt16), match length beyond 15
///
/// The last sequence ends behind its literals. Hadoop puts blocks into a frame of its own:
///
///     hadoop   := { uncompressedByteCount (UInt32, big-endian) { compressedByteCount (UInt32, big-endian) block } }
///
/// Specification: lz4.org, *lz4_Block_format.md*; Parquet, *Compression*, `LZ4` and `LZ4_RAW`.
enum LZ4 {
    /// Fills all of `target` from one block.
    static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CodecError) {
        let produced = try block(source, into: target)
        guard produced == target.count else { throw .sizeMismatch(declared: target.count, actual: produced) }
    }

    /// Fills all of `target` from what writers of Parquet's `LZ4` made: frames of Hadoop's or, by older C++ writers, one block.
    static func decompressHadoop(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CodecError) {
        if let produced = try? frames(source, into: target), produced == target.count { return }
        try decompress(source, into: target)
    }

    private static func frames(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
        func count(at offset: Int) throws(CodecError) -> Int {
            guard source.count - offset >= 4 else { throw damaged("ends in a frame's length") }
            return Int(UInt32(bigEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        var offset = 0
        var produced = 0
        while offset < source.count {
            let frameEnd = produced + (try count(at: offset))
            offset += 4
            guard frameEnd <= target.count else { throw .sizeMismatch(declared: target.count, actual: nil) }
            while produced < frameEnd {
                let length = try count(at: offset)
                offset += 4
                guard length > 0, length <= source.count - offset else { throw damaged("a block of \(length) bytes") }
                produced += try block(
                    UnsafeRawBufferPointer(rebasing: source[offset..<(offset + length)]),
                    into: UnsafeMutableRawBufferPointer(rebasing: target[produced..<frameEnd]))
                offset += length
            }
        }
        return produced
    }

    /// Decodes one block to the front of `target`; returns how many bytes it stands for.
    private static func block(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
        guard let input = source.baseAddress, let output = target.baseAddress else {
            guard source.isEmpty || (source.count == 1 && source[0] == 0) else { throw .sizeMismatch(declared: target.count, actual: nil) }
            return 0
        }
        let (inputEnd, outputEnd) = (source.count, target.count)
        var read = 0
        var written = 0
        while read < inputEnd {
            let token = Int(input.load(fromByteOffset: read, as: UInt8.self))
            read &+= 1
            var literals = token &>> 4
            if literals == 15 { literals &+= try extraLength(input, &read, inputEnd) }
            guard literals <= inputEnd &- read else { throw damaged("\(literals) literals beyond the end") }
            guard literals <= outputEnd &- written else { throw .sizeMismatch(declared: outputEnd, actual: nil) }
            if literals <= 16, inputEnd &- read >= 16, outputEnd &- written >= 16 {
                copy16(from: input + read, to: output + written)
            } else {
                (output + written).copyMemory(from: input + read, byteCount: literals)
            }
            read &+= literals
            written &+= literals
            if read == inputEnd { return written }

            guard inputEnd &- read >= 2 else { throw damaged("ends in an offset") }
            let offset = Int(UInt16(littleEndian: input.loadUnaligned(fromByteOffset: read, as: UInt16.self)))
            read &+= 2
            guard offset > 0, offset <= written else { throw damaged("a copy from \(offset) bytes back, of \(written)") }
            var length = token & 15
            if length == 15 { length &+= try extraLength(input, &read, inputEnd) }
            length &+= 4
            guard length <= outputEnd &- written else { throw .sizeMismatch(declared: outputEnd, actual: nil) }
            copyMatch(output + written, back: offset, length: length, room: outputEnd &- written)
            written &+= length
        }
        throw damaged("ends without its last literals")
    }

    @inline(__always)
    private static func copy16(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: source.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
    }

    /// Copies what was just written, which the copy itself may reach: then its bytes repeat.
    @inline(__always)
    private static func copyMatch(_ target: UnsafeMutableRawPointer, back offset: Int, length: Int, room: Int) {
        let source = UnsafeRawPointer(target - offset)
        var done = 0
        if offset >= 16 {
            while done < length, room &- done >= 16 {
                copy16(from: source + done, to: target + done)
                done &+= 16
            }
        } else if offset >= 8 {
            while done < length, room &- done >= 8 {
                target.storeBytes(of: source.loadUnaligned(fromByteOffset: done, as: UInt64.self), toByteOffset: done, as: UInt64.self)
                done &+= 8
            }
        }
        while done < length {
            target.storeBytes(of: source.load(fromByteOffset: done, as: UInt8.self), toByteOffset: done, as: UInt8.self)
            done &+= 1
        }
    }

    /// What follows a length of 15: bytes of 255, and one below.
    private static func extraLength(_ input: UnsafeRawPointer, _ read: inout Int, _ end: Int) throws(CodecError) -> Int {
        var length = 0
        while read < end {
            let byte = input.load(fromByteOffset: read, as: UInt8.self)
            read &+= 1
            length &+= Int(byte)
            if byte != 255 { return length }
        }
        throw damaged("ends in a length")
    }

    private static func damaged(_ reason: String) -> CodecError { .malformed(codec: "lz4", reason: reason) }
}
