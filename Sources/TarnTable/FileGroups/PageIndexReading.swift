package import TarnParquet
import TarnBase

extension BaseFileReader {
    /// What a column chunk's indexes say of its pages.
    package struct PageIndexes: Sendable {
        package var columns: ColumnIndex?
        package var offsets: OffsetIndex?
    }

    /// The page indexes of a row group's columns, by leaf; empty ones where the file has none.
    ///
    /// - Throws: ``TableError`` `corrupt` for an index that does not decode or lies outside the file.
    ///
    /// Cost: one request for all indexes, which lie together.
    package func pageIndexes(rowGroup: Int) async throws -> [PageIndexes] {
        let group = metadata.rowGroups[rowGroup]
        var indexes = [PageIndexes](repeating: PageIndexes(), count: group.columns.count)
        var places: [(leaf: Int, isColumns: Bool)] = []
        var ranges: [Range<Int64>] = []
        for (leaf, chunk) in group.columns.enumerated() where !chunk.isEncrypted {
            let parts = [(true, chunk.columnIndexOffset, chunk.columnIndexByteCount), (false, chunk.offsetIndexOffset, chunk.offsetIndexByteCount)]
            for (isColumns, offset, byteCount) in parts {
                guard let offset, let byteCount, byteCount > 0 else { continue }
                guard offset >= 4, offset <= metadata.footerOffset - Int64(byteCount) else {
                    throw TableError(ParquetError(.malformed, "a page index outside the file", at: offset, column: metadata.tree.leaves[leaf].name), at: path)
                }
                places.append((leaf, isColumns))
                ranges.append(offset..<(offset + Int64(byteCount)))
            }
        }
        guard !ranges.isEmpty else { return indexes }
        let chunks: [Bytes]
        do { chunks = try await read(ranges) } catch { throw located(error) }
        for ((leaf, isColumns), (range, bytes)) in zip(places, zip(ranges, chunks)) {
            do {
                if isColumns { indexes[leaf].columns = try ColumnIndex(decoding: bytes) } else { indexes[leaf].offsets = try OffsetIndex(decoding: bytes) }
            } catch { throw TableError(error.placed(at: range.lowerBound, column: metadata.tree.leaves[leaf].name), at: path) }
        }
        return indexes
    }
}
