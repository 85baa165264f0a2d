import TarnBase
import TarnColumns

enum DictionaryPage {
    /// Decodes a dictionary page into a column without nulls. Memory grows with the page, not with what it announces.
    static func decode(_ header: DictionaryPageHeader, _ page: Bytes, leaf: LeafColumn) throws(ParquetError) -> Column {
        guard header.encoding == .plain || header.encoding == .plainDictionary else {
            throw .unsupported("dictionary in \(header.encoding)", column: leaf.name)
        }
        let count = header.valueCount
        guard leaf.physicalType != .boolean else { throw .malformed("a dictionary of booleans") }
        guard count <= page.count / (leaf.storedWidth ?? 4) else { throw .truncated("dictionary of \(count) values") }
        var decoder = try ValueDecoder(page, encoding: .plain, leaf: leaf, limits: .default)
        switch leaf.storage {
        case .bits: throw .malformed("a dictionary of booleans")
        case .fixed(let width):
            // The page is the column, where it is of this page alone and lies as loads of whole values want it.
            if leaf.conversion == .none, page.retainedByteCount <= 2 * page.count, Int(bitPattern: page.unsafePointer) % width == 0 {
                return Column(leaf.type, count: count, values: .fixed(page[0..<(count * width)]))
            }
            let values = try Bytes(unsafeUninitializedCapacity: count * width) { (buffer) throws(ParquetError) -> Int in
                if let base = buffer.baseAddress { try decoder.decodeFixed(count: count, leaf: leaf, dictionary: nil, into: base) }
                return count * width
            }
            return Column(leaf.type, count: count, values: .fixed(values))
        case .views:
            var buffers: [Bytes] = []
            let views = try Bytes(unsafeUninitializedCapacity: count * 16) { (buffer) throws(ParquetError) -> Int in
                guard let base = buffer.baseAddress?.bindMemory(to: View.self, capacity: count) else { return 0 }
                if leaf.conversion == .fixedBytes {
                    try decoder.decodeFixedViews(count: count, leaf: leaf, dictionary: nil, buffers: &buffers, into: base)
                } else {
                    try decoder.decodeViews(count: count, dictionary: nil, buffers: &buffers, into: base)
                }
                return count * 16
            }
            return Column(leaf.type, count: count, values: .views(Views(views: views, buffers: buffers)))
        }
    }
}
