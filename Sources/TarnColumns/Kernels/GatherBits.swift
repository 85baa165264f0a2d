import TarnBase

extension Bitmap {
    /// Bits made by `word`, which gives up to 64 bits from row `first` on; bits behind the last row do not matter.
    @inline(__always)
    static func words(_ count: Int, _ word: (_ first: Int, _ bits: Int) -> UInt64) -> Bitmap {
        let wordCount = (count &+ 63) &>> 6
        let bytes = fixedBytes(wordCount, of: UInt64.self) { target in
            for index in 0..<wordCount {
                let first = index &<< 6
                target[index] = word(first, min(64, count &- first))
            }
        }
        return Bitmap(bytes[0..<((count &+ 7) &>> 3)], count: count)
    }

    /// Bits made by `bit` row by row.
    @inline(__always)
    package static func make(_ count: Int, _ bit: (Int) -> Bool) -> Bitmap {
        words(count) { first, bits in
            var word: UInt64 = 0
            for position in 0..<bits {
                word |= (bit(first &+ position) ? 1 : 0) &<< UInt64(truncatingIfNeeded: position)
            }
            return word
        }
    }

    /// The bits of `rows`, all below `count`.
    func gather(_ rows: UnsafeBufferPointer<UInt32>) -> Bitmap {
        bytes.withUnsafeBytes { source in
            Bitmap.make(rows.count) { source.bit(Int(rows[$0])) }
        }
    }

    /// Up to 64 bits from bit `first` on, which begins a byte.
    @inline(__always)
    static func word(_ bytes: UnsafeRawPointer, at first: Int) -> UInt64 {
        bytes.loadUnaligned(fromByteOffset: first &>> 3, as: UInt64.self)
    }

    /// The numbers of the rows whose bit is 1.
    package var setRows: [UInt32] {
        let setCount = setCount
        return [UInt32](unsafeUninitializedCapacity: setCount) { rows, filled in
            bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return }
                var next = 0
                var first = 0
                while first < count {
                    var word = Bitmap.word(base, at: first)
                    if count &- first < 64 { word &= (1 &<< UInt64(truncatingIfNeeded: count &- first)) &- 1 }
                    while word != 0 {
                        rows[next] = UInt32(truncatingIfNeeded: first &+ word.trailingZeroBitCount)
                        next &+= 1
                        word &= word &- 1
                    }
                    first &+= 64
                }
            }
            filled = setCount
        }
    }

    package static func && (left: Bitmap, right: Bitmap) -> Bitmap { combine(left, right) { $0 & $1 } }
    package static func || (left: Bitmap, right: Bitmap) -> Bitmap { combine(left, right) { $0 | $1 } }
    package static prefix func ! (bits: Bitmap) -> Bitmap { combine(bits, bits) { left, _ in ~left } }

    @inline(__always)
    private static func combine(_ left: Bitmap, _ right: Bitmap, _ operation: (UInt64, UInt64) -> UInt64) -> Bitmap {
        precondition(left.count == right.count)
        defer { withExtendedLifetime((left, right)) {} }
        let (l, r) = (left.bytes.unsafePointer, right.bytes.unsafePointer)
        return words(left.count) { first, _ in operation(word(l, at: first), word(r, at: first)) }
    }

    /// One after the other.
    static func concatenate(_ bitmaps: [Bitmap]) -> Bitmap {
        let count = bitmaps.reduce(0) { $0 + $1.count }
        let byteCount = (count + 7) / 8
        let bytes = Bytes(unsafeUninitializedCapacity: byteCount + 8) { target in
            target.initializeMemory(as: UInt8.self, repeating: 0)
            var position = 0
            for bitmap in bitmaps {
                bitmap.bytes.withUnsafeBytes { append($0, bitmap.count, to: target, at: position) }
                position += bitmap.count
            }
            return byteCount + 8
        }
        return Bitmap(bytes[0..<byteCount], count: count)
    }

    /// Writes `count` bits at bit `position` of zeroed memory, 56 at a time.
    private static func append(
        _ source: UnsafeRawBufferPointer, _ count: Int, to target: UnsafeMutableRawBufferPointer, at position: Int
    ) {
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        var done = 0
        while done < count {
            let bits = min(56, count &- done)
            let word = word(source, at: done) & ((1 &<< UInt64(truncatingIfNeeded: bits)) &- 1)
            let place = target + (position &+ done) &>> 3
            let shifted = word &<< UInt64(truncatingIfNeeded: (position &+ done) & 7)
            place.storeBytes(of: place.loadUnaligned(as: UInt64.self) | shifted, as: UInt64.self)
            done &+= 56
        }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func bit(_ index: Int) -> Bool {
        (baseAddress.unsafelyUnwrapped.load(fromByteOffset: index &>> 3, as: UInt8.self)
            &>> UInt8(truncatingIfNeeded: index & 7)) & 1 != 0
    }
}
