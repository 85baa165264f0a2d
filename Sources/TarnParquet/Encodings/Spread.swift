import TarnColumns

/// Moves values that were stored without their nulls to the slots where they belong. Null slots become zero.
package enum Spread {
    /// - Parameters:
    ///   - values: As many as `validity` has ones; one more must be readable.
    ///   - validity: One bit a slot; loads up to 8 bytes behind the last.
    package static func spread<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Value>, validity: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Value>
    ) {
        var next = values
        var row = 0
        while row < count {
            let word = validity.loadUnaligned(fromByteOffset: row &>> 3, as: UInt64.self)
            let rows = min(64, count &- row)
            let output = target + row
            if word == .max, rows == 64 {
                output.update(from: next, count: 64)
                next += 64
            } else {
                for index in 0..<rows {
                    let bit = (word &>> UInt64(truncatingIfNeeded: index)) & 1
                    output[index] = next.pointee & (0 &- Value(truncatingIfNeeded: bit))
                    next += Int(truncatingIfNeeded: bit)
                }
            }
            row &+= 64
        }
    }

    /// The same for values of one bit.
    package static func spreadBits(_ values: UnsafeRawPointer, validity: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer) {
        var next = 0
        for row in stride(from: 0, to: count, by: 8) {
            let valid = validity.load(fromByteOffset: row &>> 3, as: UInt8.self)
            var output: UInt8 = 0
            for index in 0..<min(8, count &- row) where valid & (1 &<< UInt8(truncatingIfNeeded: index)) != 0 {
                let bit = (values.load(fromByteOffset: next &>> 3, as: UInt8.self) &>> UInt8(truncatingIfNeeded: next & 7)) & 1
                output |= bit &<< UInt8(truncatingIfNeeded: index)
                next &+= 1
            }
            target.storeBytes(of: output, toByteOffset: row &>> 3, as: UInt8.self)
        }
    }
}
