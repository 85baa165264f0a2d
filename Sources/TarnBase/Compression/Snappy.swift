import CSnappy

/// Snappy's raw block format: a varint of the uncompressed size, then literals and copies.
enum Snappy {
    static func compress(_ input: UnsafeRawBufferPointer, appendingTo output: inout ByteBuilder) {
        // The library refuses a null pointer's arithmetic nowhere, but an empty buffer may have none.
        guard let source = input.baseAddress else { return output.append(0) }
        output.append(upTo: snappy_max_compressed_length(input.count)) { target in
            var size = target.count
            let status = snappy_compress(
                source.assumingMemoryBound(to: CChar.self), input.count,
                target.baseAddress?.assumingMemoryBound(to: CChar.self), &size)
            precondition(status == SNAPPY_OK, "snappy could not compress")
            return size
        }
    }

    static func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(CodecError) {
        let input = source.baseAddress?.assumingMemoryBound(to: CChar.self)
        var size = 0
        guard snappy_uncompressed_length(input, source.count, &size) == SNAPPY_OK else {
            throw .malformed(codec: "snappy", reason: "no length in front")
        }
        guard size == target.count else { throw .sizeMismatch(declared: target.count, actual: size) }
        let output = target.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(input, source.count, output, &size) == SNAPPY_OK, size == target.count else {
            throw .malformed(codec: "snappy", reason: "damaged block")
        }
    }
}
