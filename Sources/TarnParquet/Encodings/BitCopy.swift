/// Moves runs of bits between places that do not begin at the same bit of a byte.
enum BitCopy {
    /// Copies `count` bits; returns how many are 1. Loads up to 15 bytes behind the source's last bit and stores up to 7
    /// behind the target's; bits of the target behind the last one become unspecified.
    static func copy(
        _ source: UnsafeRawPointer, from first: Int, count: Int, to target: UnsafeMutableRawPointer, at position: Int
    ) -> Int {
        var ones = 0
        var done = 0
        // Bring the target to a whole byte.
        let head = min(count, (8 &- (position & 7)) & 7)
        if head > 0 {
            let bits = load(source, first) & ((1 &<< UInt64(head)) &- 1)
            let byte = target + (position &>> 3)
            let kept = byte.load(as: UInt8.self) & ((1 &<< UInt8(position & 7)) &- 1)
            byte.storeBytes(of: kept | UInt8(truncatingIfNeeded: bits &<< UInt64(position & 7)), as: UInt8.self)
            ones &+= bits.nonzeroBitCount
            done = head
        }
        while done < count {
            var bits = load(source, first &+ done)
            if count &- done < 64 { bits &= (1 &<< UInt64(truncatingIfNeeded: count &- done)) &- 1 }
            (target + ((position &+ done) &>> 3)).storeBytes(of: bits, as: UInt64.self)
            ones &+= bits.nonzeroBitCount
            done &+= 64
        }
        return ones
    }

    /// Sets `count` bits. Stores up to 7 bytes behind the last one.
    static func fill(_ target: UnsafeMutableRawPointer, at position: Int, count: Int, with bit: Bool) {
        let word: UInt64 = bit ? .max : 0
        var done = 0
        let head = min(count, (8 &- (position & 7)) & 7)
        if head > 0 {
            let byte = target + (position &>> 3)
            let kept = byte.load(as: UInt8.self) & ((1 &<< UInt8(position & 7)) &- 1)
            byte.storeBytes(of: kept | (UInt8(truncatingIfNeeded: word) &<< UInt8(position & 7)), as: UInt8.self)
            done = head
        }
        while done < count {
            (target + ((position &+ done) &>> 3)).storeBytes(of: word, as: UInt64.self)
            done &+= 64
        }
    }

    /// 64 bits from bit `first` on.
    @inline(__always)
    private static func load(_ source: UnsafeRawPointer, _ first: Int) -> UInt64 {
        BitUnpacking.wide(source, width: 64, at: first)
    }
}
