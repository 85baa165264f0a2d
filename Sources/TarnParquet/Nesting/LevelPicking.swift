import TarnBase
import TarnColumns

/// Picked rows, as picks of their values.
struct PickedRows {
    private let values: [UInt32]
    /// Of the rows picked; as ``LeafRows`` has them.
    let definitions: Bytes
    let repetitions: Bytes
    /// Which of the rows picked hold a value; nil when all do. Only where nothing repeats.
    let present: Bitmap?

    fileprivate init(values: [UInt32], definitions: Bytes = Bytes(), repetitions: Bytes = Bytes(), present: Bitmap? = nil) {
        self.values = values
        self.definitions = definitions
        self.repetitions = repetitions
        self.present = present
    }

    func withPicks<Result>(_ body: (Picks) throws(ParquetError) -> Result) throws(ParquetError) -> Result {
        try values.withUnsafeBufferPointer { (values) throws(ParquetError) in try body(Picks(values)) }
    }
}

extension Picks {
    /// Picks of slots, as picks of the values that are stored for the slots that have one.
    func ranked(in present: Bitmap) -> PickedRows {
        var values: [UInt32] = []
        values.reserveCapacity(count)
        let there = present.bytes.withUnsafeBytes { bits in
            var word = 0
            var rank = 0
            func load(_ word: Int) -> UInt64 {
                // The last word may reach behind the bitmap, into bytes that any buffer has there.
                bits.baseAddress?.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self) ?? 0
            }
            return Bitmap.make(count) { index in
                let slot = self[index]
                while word < slot &>> 6 {
                    rank &+= load(word).nonzeroBitCount
                    word &+= 1
                }
                let bits = load(word)
                let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: slot & 63)
                guard bits & bit != 0 else { return false }
                values.append(UInt32(truncatingIfNeeded: rank &+ (bits & (bit &- 1)).nonzeroBitCount))
                return true
            }
        }
        return PickedRows(values: values, present: values.count == count ? nil : there)
    }

    /// The levels, one byte each, of the rows picked.
    func gather(_ levels: Bytes) -> Bytes {
        levels.withUnsafeBytes { source in
            Bytes(unsafeUninitializedCapacity: count) { target in
                for index in 0..<count { target[index] = source[self[index]] }
                return count
            }
        }
    }

    /// Picks of rows of which each has any number of entries, as picks of values, and the levels of those rows.
    ///
    /// - Parameter maximum: The level of a value that is there.
    func rows(repetitions: ArraySlice<UInt8>, definitions: ArraySlice<UInt8>, maximum: Int) -> PickedRows {
        let maximum = UInt8(truncatingIfNeeded: maximum)
        var (pickedDefinitions, pickedRepetitions): ([UInt8], [UInt8]) = ([], [])
        var values: [UInt32] = []
        repetitions.withUnsafeBufferPointer { repetitions in
            definitions.withUnsafeBufferPointer { definitions in
                var row = -1
                var next = 0
                var isPicked = false
                var value: UInt32 = 0
                for index in repetitions.indices {
                    if repetitions[index] == 0 {
                        row &+= 1
                        if isPicked { next &+= 1 }
                        isPicked = next < count && self[next] == row
                    }
                    let isThere = definitions[index] == maximum
                    if isPicked {
                        pickedRepetitions.append(repetitions[index])
                        pickedDefinitions.append(definitions[index])
                        if isThere { values.append(value) }
                    }
                    value &+= isThere ? 1 : 0
                }
            }
        }
        return PickedRows(values: values, definitions: Bytes(pickedDefinitions), repetitions: Bytes(pickedRepetitions))
    }
}
