import TarnBase
import TarnColumns

/// The slots of a column, of which some hold a value.
struct ValueSlots {
    let count: Int
    /// Which slots have a value; nil when all do.
    let present: Bitmap?

    /// Puts values of `width` bytes, which were stored without nulls, into their slots.
    func spread(_ dense: Bytes, width: Int) -> Bytes {
        switch width {
        case 4: spread(dense, UInt32.self)
        case 8: spread(dense, UInt64.self)
        default: spread(dense, UInt128.self)
        }
    }

    private func spread<Value: FixedWidthInteger & BitwiseCopyable>(_ dense: Bytes, _ type: Value.Type) -> Bytes {
        guard let present else { return dense }
        let byteCount = count * MemoryLayout<Value>.size
        return Bytes(unsafeUninitializedCapacity: byteCount) { target in
            guard let base = target.baseAddress?.bindMemory(to: Value.self, capacity: count) else { return 0 }
            dense.withValues(of: Value.self) { values in
                guard let values = values.baseAddress else { return }
                Spread.spread(values, validity: present.bytes.unsafePointer, count: count, into: base)
            }
            withExtendedLifetime(present) {}
            return byteCount
        }
    }

    /// The same for `valueCount` values of one bit.
    func spreadBits(_ dense: Bytes, count valueCount: Int) -> Bitmap {
        guard let present else { return Bitmap(dense, count: valueCount) }
        let byteCount = (count + 7) / 8
        let spread = Bytes(unsafeUninitializedCapacity: byteCount) { target in
            guard let base = target.baseAddress else { return 0 }
            Spread.spreadBits(dense.unsafePointer, validity: present.bytes.unsafePointer, count: count, into: base)
            withExtendedLifetime((dense, present)) {}
            return byteCount
        }
        return Bitmap(spread, count: count)
    }
}
