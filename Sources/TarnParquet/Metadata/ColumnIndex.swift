package import TarnBase

/// Bounds of each data page of a column chunk: which pages a filter may pass over. The n-th entry of each list belongs to
/// the n-th page of the ``OffsetIndex``.
///
/// Promises of a decoded one: all lists have one entry a page, optional ones may be empty.
///
/// Specification: Parquet, *Page Index*; parquet.thrift, `ColumnIndex`.
package struct ColumnIndex: Hashable, Sendable {
    /// How the bounds of the pages follow each other, pages of nulls left out.
    package enum BoundaryOrder: Int32, Hashable, Sendable {
        case unordered = 0, ascending, descending
    }

    /// Whether a page holds nothing but nulls; its bounds are then empty and mean nothing.
    package var isNullPage: [Bool] = []
    /// PLAIN-encoded values without length prefix, as in ``Statistics``. Bounds need not occur in the page.
    package var minima: [Bytes] = []
    package var maxima: [Bytes] = []
    package var order = BoundaryOrder.unordered
    /// Empty when not told.
    package var nullCounts: [Int64] = []
    /// How often each level occurs: page by page, by level within a page; empty when not told.
    package var repetitionLevels: [Int64] = []
    package var definitionLevels: [Int64] = []

    package init() {}

    package var pageCount: Int { isNullPage.count }

    package init(decoding bytes: Bytes, limits: ReadLimits = .default) throws(ParquetError) {
        let index = try CompactReader.read(bytes, maximumDepth: limits.depth) { (reader) throws(ParquetError) in
            try ColumnIndex(reading: &reader, in: bytes)
        }
        let count = index.pageCount
        guard index.minima.count == count, index.maxima.count == count, index.nullCounts.isEmpty || index.nullCounts.count == count else {
            throw .malformed("a column index whose lists differ in length")
        }
        self = index
    }

    private init(reading reader: inout CompactReader, in bytes: Bytes) throws(ParquetError) {
        var last = try reader.enterStruct()
        while let header = try reader.nextField(&last) {
            switch header.id {
            case 1: isNullPage = try reader.readBools(header)
            case 2: minima = try reader.readBinaries(header, in: bytes)
            case 3: maxima = try reader.readBinaries(header, in: bytes)
            // One that we do not know promises nothing.
            case 4: order = BoundaryOrder(rawValue: try reader.readInt32(header)) ?? .unordered
            case 5: nullCounts = try reader.readInt64s(header)
            case 6: repetitionLevels = try reader.readInt64s(header)
            case 7: definitionLevels = try reader.readInt64s(header)
            default: try reader.skip(header)
            }
        }
    }

    package func encoded() -> Bytes {
        var writer = CompactWriter(capacity: 256)
        writer.writeStruct { writer in
            writer.writeList(1, isNullPage)
            writer.writeList(2, minima)
            writer.writeList(3, maxima)
            writer.write(4, order.rawValue)
            if !nullCounts.isEmpty { writer.writeList(5, nullCounts) }
            if !repetitionLevels.isEmpty { writer.writeList(6, repetitionLevels) }
            if !definitionLevels.isEmpty { writer.writeList(7, definitionLevels) }
        }
        return writer.finish()
    }
}
