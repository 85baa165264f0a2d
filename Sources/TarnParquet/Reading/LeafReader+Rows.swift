import TarnBase
import TarnColumns

/// What a read takes of one page; the first stretch belongs to the first open page, and so on.
struct PageStretch {
    let levels: Int
    let values: Int
}

extension LeafReader {
    /// Takes the next `rows` rows, which ``prepare(_:)`` said are ready.
    ///
    /// - Parameter picks: Those to be read, counted from the first; nil for all. The others are passed over without being
    ///   decoded where their encoding allows it, and what is read shares no memory with pages.
    mutating func read(_ rows: Int, picking picks: Picks? = nil) throws(ParquetError) -> LeafRows {
        let firstPage = pages.first?.offset
        nextRow += Int64(rows)
        do {
            if leaf.maximumRepetitionLevel > 0 { return try readRepeated(rows, picks) }
            return leaf.maximumDefinitionLevel <= 1 ? try readFlat(rows, picks) : try readMembers(rows, picks)
        } catch { throw located(error, inPageAt: firstPage) }
    }

    /// Columns of the schema, and required members of structs: definition levels are the bitmap.
    private mutating func readFlat(_ rows: Int, _ picks: Picks?) throws(ParquetError) -> LeafRows {
        var stretches: [PageStretch] = []
        var present: Bitmap?
        if leaf.maximumDefinitionLevel == 0 {
            takeLevels(rows) { (_, count) in stretches.append(PageStretch(levels: count, values: count)) }
        } else {
            let byteCount = (rows + 7) / 8
            var position = 0
            var ones = 0
            let bits = try Bytes(unsafeUninitializedCapacity: byteCount + 8) { (buffer) throws(ParquetError) -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                try takeLevels(rows) { (page, count) throws(ParquetError) in
                    let values = try page.definition?.decodeBits(count: count, into: base, at: position) ?? 0
                    stretches.append(PageStretch(levels: count, values: values))
                    position += count
                    ones += values
                }
                return byteCount
            }
            present = ones == rows ? nil : Bitmap(bits, count: rows)
        }
        func result(_ count: Int, _ present: Bitmap?, _ values: Column.Values) -> LeafRows {
            LeafRows(leaf: leaf, levelCount: count, definitions: nil, repetitions: nil, slotCount: count, present: present, values: values)
        }
        guard let picks else { return result(rows, present, try readValues(stretches, slots: rows, present: present)) }
        guard let present else { return result(picks.count, nil, try pickValues(stretches, picks, slots: picks.count, present: nil)) }
        let ranked = picks.ranked(in: present)
        let values = try ranked.withPicks { (picked) throws(ParquetError) in try pickValues(stretches, picked, slots: picks.count, present: ranked.present) }
        return result(picks.count, ranked.present, values)
    }

    /// Members of nested structs, nothing repeated.
    private mutating func readMembers(_ rows: Int, _ picks: Picks?) throws(ParquetError) -> LeafRows {
        let maximum = leaf.maximumDefinitionLevel
        var stretches: [PageStretch] = []
        let levels = try Bytes(unsafeUninitializedCapacity: rows) { (buffer) throws(ParquetError) -> Int in
            guard var base = buffer.baseAddress?.bindMemory(to: UInt8.self, capacity: rows) else { return 0 }
            try takeLevels(rows) { (page, count) throws(ParquetError) in
                try page.definition?.decodeLevels(base, count: count, maximum: maximum)
                stretches.append(PageStretch(levels: count, values: LevelDecoding.count(base, count, atLeast: maximum)))
                base += count
            }
            return rows
        }
        guard let picks else { return try finish(stretches, definitions: levels, repetitions: nil, levelCount: rows) }
        let present = levels.withValues(of: UInt8.self) { levels in levels.baseAddress.map { LevelDecoding.bitmap($0, rows, atLeast: maximum) } }
        guard let present else { return try finish(stretches, definitions: levels, repetitions: nil, levelCount: 0, picks: picks) }
        return try picks.ranked(in: present).withPicks { (picked) throws(ParquetError) in
            try finish(stretches, definitions: picks.gather(levels), repetitions: nil, levelCount: picks.count, picks: picked)
        }
    }

    private mutating func readRepeated(_ rows: Int, _ picks: Picks?) throws(ParquetError) -> LeafRows {
        let (repetitions, definitions) = takeLevelsAhead(rows)
        let maximum = leaf.maximumDefinitionLevel
        var stretches: [PageStretch] = []
        var position = 0
        var index = 0
        while position < definitions.count {
            let count = min(pages[index].levelsAhead, definitions.count - position)
            let values = definitions.withUnsafeBufferPointer { levels in
                levels.baseAddress.map { LevelDecoding.count($0 + position, count, atLeast: maximum) } ?? 0
            }
            pages[index].levelsAhead -= count
            stretches.append(PageStretch(levels: count, values: values))
            position += count
            index += 1
        }
        guard let picks else {
            let definitionBytes = definitions.withUnsafeBytes { Bytes(copying: $0) }
            let repetitionBytes = repetitions.withUnsafeBytes { Bytes(copying: $0) }
            return try finish(stretches, definitions: definitionBytes, repetitions: repetitionBytes, levelCount: definitions.count)
        }
        let picked = picks.rows(repetitions: repetitions, definitions: definitions, maximum: maximum)
        return try picked.withPicks { (values) throws(ParquetError) in
            try finish(stretches, definitions: picked.definitions, repetitions: picked.repetitions, levelCount: picked.definitions.count, picks: values)
        }
    }

    /// - Parameter picks: Of the values; nil for all.
    private mutating func finish(
        _ stretches: [PageStretch], definitions: Bytes, repetitions: Bytes?, levelCount: Int, picks: Picks? = nil
    ) throws(ParquetError) -> LeafRows {
        let entryLevel = leaf.entryLevel
        let slots = repetitions == nil
            ? levelCount
            : definitions.withValues(of: UInt8.self) { levels in
                levels.baseAddress.map { LevelDecoding.count($0, levelCount, atLeast: entryLevel) } ?? 0
            }
        let valueCount = picks?.count ?? stretches.reduce(0) { $0 + $1.values }
        let levels = LeafRows(
            leaf: leaf, levelCount: levelCount, definitions: definitions, repetitions: repetitions, slotCount: slots,
            present: nil, values: .fields([]))
        let present = valueCount == slots
            ? nil
            : levels.presence(
                definitionLevel: leaf.maximumDefinitionLevel, repetitionLevel: leaf.maximumRepetitionLevel, entryLevel: entryLevel)
        let values: Column.Values
        if let picks {
            values = try pickValues(stretches, picks, slots: slots, present: present)
        } else {
            values = try readValues(stretches, slots: slots, present: present)
        }
        return LeafRows(
            leaf: leaf, levelCount: levelCount, definitions: definitions, repetitions: repetitions, slotCount: slots,
            present: present, values: values)
    }

    /// Goes through the pages that hold the next `count` levels.
    private mutating func takeLevels<Failure>(
        _ count: Int, _ body: (inout DataPage, Int) throws(Failure) -> Void
    ) throws(Failure) {
        var left = count
        var index = 0
        while left > 0 {
            let taken = min(left, pages[index].levelsLeft)
            try body(&pages[index], taken)
            pages[index].levelsLeft -= taken
            left -= taken
            index += 1
        }
    }

    // MARK: Values

    private mutating func readValues(_ stretches: [PageStretch], slots: Int, present: Bitmap?) throws(ParquetError) -> Column.Values {
        for (index, stretch) in stretches.enumerated() where stretch.values > 0 { try pages[index].passOver(leaf) }
        let values = ValueReading(leaf: leaf, dictionary: dictionary, slots: ValueSlots(count: slots, present: present))
        let counts = stretches.map(\.values)
        let result: Column.Values
        switch leaf.storage {
        case .bits: result = .bits(try values.bits(&pages, counts))
        case .fixed(let width): result = .fixed(try values.fixed(&pages, counts, width: width))
        case .views: result = try values.views(&pages, counts)
        }
        work.decodedValueCount += Int64(counts.reduce(0, +))
        dropReadPages()
        return result
    }

    /// - Parameter picks: Counted from the first value of the first stretch.
    private mutating func pickValues(_ stretches: [PageStretch], _ picks: Picks, slots: Int, present: Bitmap?) throws(ParquetError) -> Column.Values {
        let values = ValuePicking(leaf: leaf, dictionary: dictionary, slots: ValueSlots(count: slots, present: present), picks: picks)
        let result = try values.read(&pages, stretches.map(\.values))
        work.decodedValueCount += Int64(picks.count)
        dropReadPages()
        return result
    }

    private mutating func dropReadPages() { pages.removeAll { $0.levelsLeft == 0 && $0.levelsAhead == 0 } }
}
