import TarnBase
import TarnColumns

/// Reads the values of a stretch of rows out of the open pages and puts them into their slots.
struct ValueReading {
    let leaf: LeafColumn
    let dictionary: Column?
    let slots: ValueSlots

    // `counts` says how many values to take of each page, from the first page on.

    func bits(_ pages: inout [DataPage], _ counts: [Int]) throws(ParquetError) -> Bitmap {
        let total = counts.reduce(0, +)
        let dense = try Bytes(unsafeUninitializedCapacity: (total + 7) / 8 + 8) { (buffer) throws(ParquetError) -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            var position = 0
            for (index, count) in counts.enumerated() where count > 0 {
                try pages[index].values.decodeBits(count: count, into: base, at: position)
                position += count
            }
            return (total + 7) / 8
        }
        return slots.spreadBits(dense, count: total)
    }

    func fixed(_ pages: inout [DataPage], _ counts: [Int], width: Int) throws(ParquetError) -> Bytes {
        let dense = try dense(counts, width: width) { (index, count, target) throws(ParquetError) in
            try pages[index].values.decodeFixed(count: count, leaf: leaf, dictionary: dictionary, into: target)
        }
        return slots.spread(dense, width: width)
    }

    /// Dictionary codes as long as every page has them; views where one does not.
    func views(_ pages: inout [DataPage], _ counts: [Int]) throws(ParquetError) -> Column.Values {
        if let dictionary, counts.indices.allSatisfy({ counts[$0] == 0 || pages[$0].values.isDictionary }) {
            let codes = try dense(counts, width: 4) { (index, count, target) throws(ParquetError) in
                let target = target.bindMemory(to: UInt32.self, capacity: count)
                try pages[index].values.decodeCodes(count: count, below: dictionary.count, into: target)
            }
            return .dictionary(codes: slots.spread(codes, width: 4), dictionary: dictionary)
        }
        var buffers: [Bytes] = []
        let views = try dense(counts, width: 16) { (index, count, target) throws(ParquetError) in
            let target = target.bindMemory(to: View.self, capacity: count)
            if leaf.conversion == .fixedBytes {
                try pages[index].values.decodeFixedViews(
                    count: count, leaf: leaf, dictionary: dictionary, buffers: &buffers, into: target)
            } else {
                try pages[index].values.decodeViews(count: count, dictionary: dictionary, buffers: &buffers, into: target)
            }
        }
        return .views(Views(views: slots.spread(views, width: 16), buffers: buffers))
    }

    /// The values of all pages one after another, without room for nulls.
    private func dense(
        _ counts: [Int], width: Int, _ decode: (Int, Int, UnsafeMutableRawPointer) throws(ParquetError) -> Void
    ) throws(ParquetError) -> Bytes {
        let total = counts.reduce(0, +)
        return try Bytes(unsafeUninitializedCapacity: total * width) { (buffer) throws(ParquetError) -> Int in
            guard var target = buffer.baseAddress else { return 0 }
            for (index, count) in counts.enumerated() where count > 0 {
                try decode(index, count, target)
                target += count * width
            }
            return total * width
        }
    }
}
