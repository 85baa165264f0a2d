/// Values of `Width` bits each, packed from the lowest bit of the first byte on.
///
/// The width is a generic value so that each instance compiles to shifts by constants: 2.4-3x a width known at run time.
/// Everything here loads 8 bytes at a time, up to 7 behind the last value: ``Bytes/slack`` allows it.
private enum Packed<let Width: Int> {
    @inline(__always)
    static func one<Value: FixedWidthInteger>(_ source: UnsafeRawPointer, _ index: Int) -> Value {
        let bit = index &* Width
        let word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
        return Value(truncatingIfNeeded: (word &>> UInt64(truncatingIfNeeded: bit & 7)) & ((1 &<< UInt64(Width)) &- 1))
    }

    /// Values `first..<first + count`.
    @inline(__always)
    static func unpack<Value: FixedWidthInteger>(
        _ source: UnsafeRawPointer, from first: Int, count: Int, into target: UnsafeMutablePointer<Value>
    ) {
        var index = first
        var output = target
        let end = first &+ count
        while index & 7 != 0, index < end {
            output.pointee = one(source, index)
            output += 1
            index &+= 1
        }
        var group = source + (index &>> 3) &* Width
        while index &+ 8 <= end {
            output[0] = one(group, 0)
            output[1] = one(group, 1)
            output[2] = one(group, 2)
            output[3] = one(group, 3)
            output[4] = one(group, 4)
            output[5] = one(group, 5)
            output[6] = one(group, 6)
            output[7] = one(group, 7)
            group += Width
            output += 8
            index &+= 8
        }
        while index < end {
            output.pointee = one(source, index)
            output += 1
            index &+= 1
        }
    }
}

enum BitUnpacking {
    /// Unpacks values `first..<first + count` of a run of values of `width` bits, 1...32, that begins at `source`.
    static func unpack<Value: FixedWidthInteger>(
        _ source: UnsafeRawPointer, width: Int, from first: Int, count: Int, into target: UnsafeMutablePointer<Value>
    ) {
        switch width {
        case 1: Packed<1>.unpack(source, from: first, count: count, into: target)
        case 2: Packed<2>.unpack(source, from: first, count: count, into: target)
        case 3: Packed<3>.unpack(source, from: first, count: count, into: target)
        case 4: Packed<4>.unpack(source, from: first, count: count, into: target)
        case 5: Packed<5>.unpack(source, from: first, count: count, into: target)
        case 6: Packed<6>.unpack(source, from: first, count: count, into: target)
        case 7: Packed<7>.unpack(source, from: first, count: count, into: target)
        case 8: Packed<8>.unpack(source, from: first, count: count, into: target)
        case 9: Packed<9>.unpack(source, from: first, count: count, into: target)
        case 10: Packed<10>.unpack(source, from: first, count: count, into: target)
        case 11: Packed<11>.unpack(source, from: first, count: count, into: target)
        case 12: Packed<12>.unpack(source, from: first, count: count, into: target)
        case 13: Packed<13>.unpack(source, from: first, count: count, into: target)
        case 14: Packed<14>.unpack(source, from: first, count: count, into: target)
        case 15: Packed<15>.unpack(source, from: first, count: count, into: target)
        case 16: Packed<16>.unpack(source, from: first, count: count, into: target)
        case 17: Packed<17>.unpack(source, from: first, count: count, into: target)
        case 18: Packed<18>.unpack(source, from: first, count: count, into: target)
        case 19: Packed<19>.unpack(source, from: first, count: count, into: target)
        case 20: Packed<20>.unpack(source, from: first, count: count, into: target)
        default:
            for index in 0..<count {
                target[index] = Value(truncatingIfNeeded: wide(source, width: width, at: (first &+ index) &* width))
            }
        }
    }

    /// One value of `width` bits, 0...64, at a bit offset.
    @inline(__always)
    static func wide(_ source: UnsafeRawPointer, width: Int, at bit: Int) -> UInt64 {
        let pointer = source + (bit &>> 3)
        let shift = UInt64(truncatingIfNeeded: bit & 7)
        var word = pointer.loadUnaligned(as: UInt64.self) &>> shift
        if width &+ Int(truncatingIfNeeded: shift) > 64 {
            word |= UInt64(pointer.load(fromByteOffset: 8, as: UInt8.self)) &<< (64 &- shift)
        }
        return width == 64 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: width)) &- 1)
    }
}
