package import TarnBase

/// Takes columns of one row group out of a file, encoded as they are. Without I/O:
///
/// ```swift
/// let copy = try RowGroupCopy(of: 0, in: metadata, fileSize: size)
/// let fields = try copy.fields(from: await read(copy.ranges))
/// ```
package struct RowGroupCopy {
    /// What of the file is needed, in the order in which ``fields(from:)`` takes it. None is empty, all lie inside the file.
    package let ranges: [Range<Int64>]

    private let group: RowGroup
    private let metadata: FileMetadata
    private let fields: [SchemaField]
    private let parts: [Parts]
    private let limits: ReadLimits

    /// Which of ``ranges`` belong to a leaf.
    private struct Parts {
        let pages: Int
        var bloomFilter: Int?
        var columnIndex: Int?
        var offsetIndex: Int?
    }

    /// - Parameters:
    ///   - fields: Positions in the file's schema; nil for all.
    /// - Throws: ``ParquetError``, naming the column: `malformed` for pages or indexes outside the file; `unsupported` for what
    ///   cannot be copied: encrypted columns, those in another file, codecs that Tarn does not read.
    package init(
        of rowGroup: Int, in metadata: FileMetadata, fields: [Int]? = nil, fileSize: Int64, limits: ReadLimits = .default
    ) throws(ParquetError) {
        self.metadata = metadata
        self.limits = limits
        group = metadata.rowGroups[rowGroup]
        self.fields = (fields ?? Array(metadata.tree.fields.indices)).map { metadata.tree.fields[$0] }
        var ranges: [Range<Int64>] = []
        var parts: [Parts] = []
        func add(_ start: Int64, _ byteCount: Int64, _ what: String, _ leaf: LeafColumn) throws(ParquetError) -> Int {
            let (end, overflow) = start.addingReportingOverflow(byteCount)
            guard !overflow, start >= 4, byteCount > 0, end <= fileSize else {
                throw ParquetError(.malformed, "\(what) of \(byteCount) bytes outside the file", at: start, column: leaf.name)
            }
            ranges.append(start..<end)
            return ranges.count - 1
        }
        for leaf in self.fields.flatMap({ metadata.tree.leaves[$0.leaves] }) {
            let chunk = group.columns[leaf.index]
            guard !chunk.isEncrypted else { throw .unsupported("an encrypted column", column: leaf.name) }
            guard chunk.filePath == nil else { throw .unsupported("a column in another file", column: leaf.name) }
            guard chunk.codec.format != nil else { throw .unsupported("compression with \(chunk.codec)", column: leaf.name) }
            var part = Parts(pages: try add(chunk.startOffset, chunk.compressedByteCount, "column chunk", leaf))
            if let start = chunk.bloomFilterOffset, let count = chunk.bloomFilterByteCount {
                part.bloomFilter = try add(start, Int64(count), "bloom filter", leaf)
            }
            if let start = chunk.columnIndexOffset, let count = chunk.columnIndexByteCount {
                part.columnIndex = try add(start, Int64(count), "column index", leaf)
            }
            if let start = chunk.offsetIndexOffset, let count = chunk.offsetIndexByteCount {
                part.offsetIndex = try add(start, Int64(count), "offset index", leaf)
            }
            parts.append(part)
        }
        self.ranges = ranges
        self.parts = parts
    }

    /// The columns, from the bytes of ``ranges``.
    ///
    /// Bounds whose order the file does not tell are dropped, and indexes that do not fit the pages: readers do without.
    ///
    /// - Throws: ``ParquetError`` with column and offset: `truncated`, `malformed` where pages do not add up, `checksum`;
    ///   `unsupported` where something else lies between the pages.
    ///
    /// Cost: one look at each page header, one pass over pages that have a checksum.
    package func fields(from bytes: [Bytes]) throws(ParquetError) -> [EncodedField] {
        precondition(bytes.count == ranges.count, "\(ranges.count) ranges were asked for")
        for (chunk, range) in zip(bytes, ranges) where chunk.count != range.count {
            throw ParquetError(.truncated, "\(chunk.count) of \(range.count) bytes were read", at: range.lowerBound)
        }
        var parts = parts[...]
        var result: [EncodedField] = []
        for field in fields {
            var chunks: [EncodedChunk] = []
            for leaf in metadata.tree.leaves[field.leaves] { chunks.append(try chunk(leaf, parts.removeFirst(), bytes)) }
            result.append(EncodedField(field: field, chunks: chunks))
        }
        return result
    }

    private func chunk(_ leaf: LeafColumn, _ part: Parts, _ bytes: [Bytes]) throws(ParquetError) -> EncodedChunk {
        var chunk = group.columns[leaf.index]
        let pages: ChunkPages
        do { pages = try ChunkPages(chunk, bytes[part.pages], leaf, rowCount: group.rowCount, limits: limits) } catch {
            var error = error
            error.column = error.column ?? leaf.name
            throw error
        }
        let isOrdered = metadata.order(of: leaf) == .byType
        chunk.statistics = chunk.statistics?.carried(isOrdered: isOrdered, of: chunk.physicalType)
        chunk.indexPageOffset = nil
        let index = part.offsetIndex.flatMap { try? OffsetIndex(decoding: bytes[$0], limits: limits) }
        let fitting = index.flatMap { pages.fit($0) ? $0 : nil }
        return EncodedChunk(
            leaf: leaf, rowCount: group.rowCount, metadata: chunk, pages: bytes[part.pages], bloomFilter: part.bloomFilter.map { bytes[$0] },
            columnIndex: fitting != nil && isOrdered ? part.columnIndex.map { bytes[$0] } : nil, offsetIndex: fitting)
    }
}

extension Statistics {
    /// What may be said in a file that orders all columns by their type and is of a writer without the faults of old ones:
    /// their bounds of byte arrays were ordered by signed bytes.
    fileprivate func carried(isOrdered: Bool, of type: PhysicalType) -> Statistics {
        var statistics = self
        if !isOrdered {
            (statistics.minimum, statistics.maximum) = (nil, nil)
            (statistics.isMinimumExact, statistics.isMaximumExact) = (nil, nil)
        }
        if ![.int32, .int64, .float, .double].contains(type) { (statistics.legacyMinimum, statistics.legacyMaximum) = (nil, nil) }
        return statistics
    }
}
