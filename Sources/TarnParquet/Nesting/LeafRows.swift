import TarnBase
import TarnColumns

/// A stretch of whole rows of one leaf column: its levels, and its values in their slots.
struct LeafRows {
    let leaf: LeafColumn
    /// Positions, that is, pairs of levels.
    let levelCount: Int
    /// One byte a position; nil where the bitmap `present` says as much, or there are none.
    let definitions: Bytes?
    /// nil when nothing on the path repeats.
    let repetitions: Bytes?
    /// How many of the positions have a slot in the column: all, unless the leaf is in a list.
    let slotCount: Int
    /// Which slots hold a value; nil when all do.
    let present: Bitmap?
    let values: Column.Values

    /// The slots of a node above the leaf, or of the leaf: one bit each, whether the node is there. `nil` when all are.
    ///
    /// - Parameters:
    ///   - definitionLevel: From which level on the node is there.
    ///   - repetitionLevel: How many of the nodes above it repeat.
    ///   - entryLevel: From which level on there is an entry of the innermost of those.
    func presence(definitionLevel: Int, repetitionLevel: Int, entryLevel: Int) -> Bitmap? {
        guard definitionLevel > entryLevel else { return nil }
        guard let definitions else { return present }
        return definitions.withValues(of: UInt8.self) { levels in
            guard let levels = levels.baseAddress else { return nil }
            guard repetitionLevel < leaf.maximumRepetitionLevel || entryLevel > 0, let repetitions else {
                return LevelDecoding.bitmap(levels, levelCount, atLeast: definitionLevel)
            }
            return repetitions.withValues(of: UInt8.self) { repetitions in
                var slots: [UInt8] = []
                slots.reserveCapacity(levelCount)
                for index in 0..<levelCount where repetitions[index] <= repetitionLevel && levels[index] >= entryLevel {
                    slots.append(levels[index])
                }
                return slots.withUnsafeBufferPointer { slots in
                    slots.baseAddress.map { LevelDecoding.bitmap($0, slots.count, atLeast: definitionLevel) }
                }
            }
        }
    }

    /// The offsets of a list above the leaf: for each of its slots where its entries begin, and where the last one ends.
    ///
    /// - Parameters:
    ///   - repetitionLevel: How many of the nodes above the list repeat.
    ///   - entryLevel: From which level on there is an entry of the innermost of those.
    ///   - ownEntryLevel: From which level on there is an entry of the list itself.
    func offsets(repetitionLevel: Int, entryLevel: Int, ownEntryLevel: Int) throws(ParquetError) -> Bytes {
        guard levelCount < Int(Int32.max) else { throw .limit("lists of \(levelCount) entries in a batch") }
        return Bytes(unsafeUninitializedCapacity: 4 * (levelCount + 1)) { target in
            let output = target.bindMemory(to: Int32.self)
            guard let definitions, let repetitions else {
                output[0] = 0
                return 4
            }
            return definitions.withValues(of: UInt8.self) { definitions in
                repetitions.withValues(of: UInt8.self) { repetitions in
                    var slots = 0
                    var entries: Int32 = 0
                    for index in 0..<levelCount {
                        let level = definitions[index]
                        let repetition = repetitions[index]
                        if repetition <= repetitionLevel, level >= entryLevel {
                            output[slots] = entries
                            slots &+= 1
                        }
                        if repetition <= repetitionLevel &+ 1, level >= ownEntryLevel { entries &+= 1 }
                    }
                    output[slots] = entries
                    return 4 * (slots + 1)
                }
            }
        }
    }
}
