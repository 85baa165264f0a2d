import TarnBase

/// Writes byte arrays with their lengths, or what they share with the value before, apart from their bytes.
///
///     DELTA_LENGTH_BYTE_ARRAY := lengths (DELTA_BINARY_PACKED) bytes
///     DELTA_BYTE_ARRAY        := prefix lengths (DELTA_BINARY_PACKED) suffixes (DELTA_LENGTH_BYTE_ARRAY)
///
/// Both take values in their PLAIN form: 4 bytes of length, then the value, `count` times.
///
/// Specification: Parquet, *Encodings*, "Delta-length byte array (6)" and "Delta Strings (7)".
enum DeltaByteArrayEncoding {
    static func encodeLengths(plain: UnsafeRawBufferPointer, count: Int, appendingTo output: inout ByteBuilder) {
        guard count > 0, let base = plain.baseAddress else { return DeltaBinaryPackedEncoding.encode([Int32](), appendingTo: &output) }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { lengths in
            var next = base
            for index in 0..<count {
                let length = next.loadUnaligned(as: Int32.self)
                lengths[index] = length
                next += 4 &+ Int(length)
            }
            DeltaBinaryPackedEncoding.encode(UnsafeBufferPointer(lengths), appendingTo: &output)
        }
        output.append(upTo: plain.count) { target in
            guard let start = target.baseAddress else { return 0 }
            var out = start
            var next = base
            for _ in 0..<count {
                let length = Int(next.loadUnaligned(as: Int32.self))
                out.copyMemory(from: next + 4, byteCount: length)
                out += length
                next += 4 &+ length
            }
            return out - start
        }
    }

    static func encodePrefixes(plain: UnsafeRawBufferPointer, count: Int, appendingTo output: inout ByteBuilder) {
        guard count > 0, let base = plain.baseAddress else {
            DeltaBinaryPackedEncoding.encode([Int32](), appendingTo: &output)
            return DeltaBinaryPackedEncoding.encode([Int32](), appendingTo: &output)
        }
        var suffixes = ByteBuilder(capacity: plain.count)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { prefixes in
            var before = UnsafeRawBufferPointer(start: base, count: 0)
            var next = base
            for index in 0..<count {
                let value = UnsafeRawBufferPointer(start: next + 4, count: Int(next.loadUnaligned(as: Int32.self)))
                let shared = sharedPrefix(before, value)
                prefixes[index] = Int32(truncatingIfNeeded: shared)
                suffixes.append(littleEndian: UInt32(truncatingIfNeeded: value.count &- shared))
                suffixes.append(UnsafeRawBufferPointer(rebasing: value[shared...]))
                before = value
                next += 4 &+ value.count
            }
            DeltaBinaryPackedEncoding.encode(UnsafeBufferPointer(prefixes), appendingTo: &output)
        }
        suffixes.withUnsafeBytes { encodeLengths(plain: $0, count: count, appendingTo: &output) }
    }

    private static func sharedPrefix(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let limit = min(left.count, right.count)
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        var count = 0
        while count &+ 8 <= limit {
            let difference = left.loadUnaligned(fromByteOffset: count, as: UInt64.self) ^ right.loadUnaligned(fromByteOffset: count, as: UInt64.self)
            if difference != 0 { return count &+ difference.trailingZeroBitCount / 8 }
            count &+= 8
        }
        while count < limit, left.load(fromByteOffset: count, as: UInt8.self) == right.load(fromByteOffset: count, as: UInt8.self) { count &+= 1 }
        return count
    }
}

extension DeltaBinaryPackedEncoding {
    fileprivate static func encode(_ values: [Int32], appendingTo output: inout ByteBuilder) {
        values.withUnsafeBufferPointer { encode($0, appendingTo: &output) }
    }
}
