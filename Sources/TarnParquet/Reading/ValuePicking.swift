import TarnBase
import TarnColumns

/// Reads some values of a stretch of rows out of the open pages and puts them into their slots. What comes of it shares no
/// memory with the pages.
struct ValuePicking {
    let leaf: LeafColumn
    let dictionary: Column?
    /// Of the rows picked.
    let slots: ValueSlots
    /// Of the values, counted from the first one of the stretch.
    let picks: Picks

    /// Some of a page's values.
    private struct Part {
        let page: Int
        /// Values to go through, the last one of which is picked.
        let count: Int
        let picks: Picks
        /// Picks of the parts before.
        let first: Int
    }

    /// Dictionaries of so many times the values picked are not handed on: the values are copied out.
    private static let largeDictionary = 16

    /// - Parameter counts: How many values to pass over of each page, from the first page on.
    func read(_ pages: inout [DataPage], _ counts: [Int]) throws(ParquetError) -> Column.Values {
        let parts = parts(&pages, counts)
        switch leaf.storage {
        case .bits: return .bits(try bits(&pages, parts))
        case .fixed(let width):
            let dense = try dense(parts, width: width) { (part, target) throws(ParquetError) in
                try pages[part.page].values.decodeFixed(count: part.count, picking: part.picks, leaf: leaf, dictionary: dictionary, into: target)
            }
            return .fixed(slots.spread(dense, width: width))
        case .views: return try views(&pages, parts)
        }
    }

    /// Values behind a page's last pick wait until something behind them is picked.
    private func parts(_ pages: inout [DataPage], _ counts: [Int]) -> [Part] {
        var parts: [Part] = []
        var passed = 0
        var next = 0
        for (index, count) in counts.enumerated() {
            let end = picks.index(atLeast: passed + count, from: next)
            let before = pages[index].valuesPassedOver
            if end > next {
                let part = picks.part(next..<end, from: passed).behind(before)
                let taken = part[part.count - 1] + 1
                parts.append(Part(page: index, count: taken, picks: part, first: next))
                pages[index].valuesPassedOver = before + count - taken
            } else {
                pages[index].valuesPassedOver = before + count
            }
            passed += count
            next = end
        }
        return parts
    }

    private func bits(_ pages: inout [DataPage], _ parts: [Part]) throws(ParquetError) -> Bitmap {
        let byteCount = (picks.count + 7) / 8
        let dense = try Bytes(unsafeUninitializedCapacity: byteCount) { (buffer) throws(ParquetError) -> Int in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            guard let base = buffer.baseAddress else { return 0 }
            for part in parts { try pages[part.page].values.decodeBits(count: part.count, picking: part.picks, into: base, at: part.first) }
            return byteCount
        }
        return slots.spreadBits(dense, count: picks.count)
    }

    /// Dictionary codes as long as every page has them, of dictionaries that are not much larger than what is picked.
    private func views(_ pages: inout [DataPage], _ parts: [Part]) throws(ParquetError) -> Column.Values {
        if let dictionary, dictionary.count <= Self.largeDictionary * slots.count, parts.allSatisfy({ pages[$0.page].values.isDictionary }) {
            let codes = try dense(parts, width: 4) { (part, target) throws(ParquetError) in
                let target = target.bindMemory(to: UInt32.self, capacity: part.picks.count)
                try pages[part.page].values.decodeCodes(count: part.count, picking: part.picks, below: dictionary.count, into: target)
            }
            return .dictionary(codes: slots.spread(codes, width: 4), dictionary: dictionary)
        }
        let text = TextBuffers()
        let views = try dense(parts, width: 16) { (part, target) throws(ParquetError) in
            let target = target.bindMemory(to: View.self, capacity: part.picks.count)
            try pages[part.page].values.decodeViews(count: part.count, picking: part.picks, leaf: leaf, dictionary: dictionary, text: text, into: target)
        }
        return .views(Views(views: slots.spread(views, width: 16), buffers: text.finish()))
    }

    /// The values of all parts one after another, without room for nulls.
    private func dense(
        _ parts: [Part], width: Int, _ decode: (Part, UnsafeMutableRawPointer) throws(ParquetError) -> Void
    ) throws(ParquetError) -> Bytes {
        try Bytes(unsafeUninitializedCapacity: picks.count * width) { (buffer) throws(ParquetError) -> Int in
            guard let target = buffer.baseAddress else { return 0 }
            for part in parts { try decode(part, target + part.first * width) }
            return picks.count * width
        }
    }
}

extension DataPage {
    /// Passes over the values that wait to be.
    mutating func passOver(_ leaf: LeafColumn) throws(ParquetError) {
        guard valuesPassedOver > 0 else { return }
        try values.skip(valuesPassedOver, leaf)
        valuesPassedOver = 0
    }
}
