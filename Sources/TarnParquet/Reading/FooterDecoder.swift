package import TarnBase

/// Finds and decodes a file's footer, in one request or two.
///
///     file := "PAR1" pages footer footerByteCount (UInt32) "PAR1"
///
/// ```swift
/// var decoder = FooterDecoder(fileSize: size)
/// while case .needs(let ranges) = try decoder.next() { try decoder.supply(await read(ranges)) }
/// ```
///
/// Specification: Parquet, *File Format*.
package struct FooterDecoder {
    /// What the first request takes: most footers are in it.
    package static let firstFetchBytes = 64 << 10

    private let fileSize: Int64
    private let limits: ReadLimits
    private let refusesUnreadableColumns: Bool
    /// The end of the file, as far as it is known.
    private var tail = Bytes()
    private var pending: Range<Int64>?
    private var metadata: FileMetadata?
    /// Length of the footer; 0 until it is decoded.
    package private(set) var footerByteCount = 0

    /// - Parameter refusesUnreadableColumns: Whether a file is refused that has a column which cannot be read, or not by its name:
    ///   else whoever looks for a column by name has to ask ``SchemaTree/refusal(of:)`` before taking it for one that is not there.
    package init(fileSize: Int64, limits: ReadLimits = .default, refusesUnreadableColumns: Bool = true) {
        self.fileSize = fileSize
        self.limits = limits
        self.refusesUnreadableColumns = refusesUnreadableColumns
    }

    /// Takes the bytes of the ranges that ``next()`` asked for last.
    package mutating func supply(_ chunks: [Bytes]) throws(ParquetError) {
        guard let range = pending else { preconditionFailure("nothing was asked for") }
        precondition(chunks.count == 1, "one range was asked for")
        guard chunks[0].count == range.count else { throw .truncated("\(chunks[0].count) of \(range.count) bytes were read", at: Int(range.lowerBound)) }
        pending = nil
        if tail.isEmpty {
            tail = chunks[0]
        } else {
            var joined = ByteBuilder(capacity: chunks[0].count + tail.count)
            joined.append(chunks[0])
            joined.append(tail)
            tail = joined.finish()
        }
    }

    /// The footer, or what of the file is needed for it.
    package mutating func next() throws(ParquetError) -> DecodingStep<FileMetadata> {
        if let metadata { return .done(metadata) }
        if let pending { return .needs([pending]) }
        guard fileSize >= 12 else { throw .truncated("a file of \(fileSize) bytes is no Parquet file") }
        if tail.isEmpty { return needs(from: max(0, fileSize - Int64(Self.firstFetchBytes))) }

        let footerByteCount = try readTrailer()
        let start = tail.count - 8 - footerByteCount
        if start < 0 { return needs(from: fileSize - Int64(tail.count) + Int64(start)) }
        var metadata: FileMetadata
        do { metadata = try FileMetadata(decoding: tail[start..<(tail.count - 8)], limits: limits) } catch {
            throw error.placed(at: fileSize - Int64(tail.count) + Int64(start), column: nil)
        }
        metadata.footerOffset = fileSize - 8 - Int64(footerByteCount)
        try checkChunks(metadata)
        if refusesUnreadableColumns, let refusal = metadata.tree.refusal { throw refusal }
        metadata.repairSizes()
        self.metadata = metadata
        self.footerByteCount = footerByteCount
        return .done(metadata)
    }

    private mutating func needs(from start: Int64) -> DecodingStep<FileMetadata> {
        let range = start..<(fileSize - Int64(tail.count))
        pending = range
        return .needs([range])
    }

    /// The last 8 bytes.
    private func readTrailer() throws(ParquetError) -> Int {
        let trailer = tail.count - 8
        let magic = tail[(trailer + 4)..<tail.count].array
        guard magic == Array("PAR1".utf8) else {
            if magic == Array("PARE".utf8) { throw .unsupported("an encrypted footer") }
            throw ParquetError(.malformed, "no Parquet file: it does not end in PAR1", at: fileSize - 4)
        }
        let byteCount = tail.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: trailer, as: UInt32.self)) }
        guard Int64(byteCount) <= fileSize - 12 else {
            throw ParquetError(.malformed, "a footer of \(byteCount) bytes in a file of \(fileSize)", at: fileSize - 8)
        }
        guard byteCount <= limits.footerBytes else { throw ParquetError(.limit, "a footer of \(byteCount) bytes", at: fileSize - 8) }
        return byteCount
    }

    /// Chunks lie between the first magic number and the footer, so that a scan never asks for what is not there.
    private func checkChunks(_ metadata: FileMetadata) throws(ParquetError) {
        for group in metadata.rowGroups {
            for index in group.columns.indices {
                let start = group.columns[index].startOffset
                let (end, overflow) = start.addingReportingOverflow(group.columns[index].compressedByteCount)
                if !overflow, end <= metadata.footerOffset, start >= 0 { continue }
                guard group.columns[index].filePath == nil, !group.columns[index].isEncrypted else { continue }
                throw ParquetError(.malformed, "column chunk outside the file", at: start, column: metadata.tree.leaves[index].name)
            }
        }
    }
}

extension FileMetadata {
    /// parquet-mr before 1.2.9 left the dictionary page's header out of a chunk's size.
    private static let longestHeaderLeftOut: Int64 = 100

    /// Sizes as they should have been, as far as later readers know of writers that got them wrong.
    mutating func repairSizes() {
        guard createdBy.map(FileMetadata.leavesHeadersOut) ?? false else { return }
        for group in rowGroups.indices {
            for column in rowGroups[group].columns.indices {
                let chunk = rowGroups[group].columns[column]
                guard chunk.startOffset >= 0, chunk.compressedByteCount < footerOffset, chunk.startOffset < footerOffset else { continue }
                let end = chunk.startOffset + chunk.compressedByteCount
                guard end < footerOffset else { continue }
                rowGroups[group].columns[column].compressedByteCount += min(FileMetadata.longestHeaderLeftOut, footerOffset - end)
            }
        }
    }

    private static func leavesHeadersOut(_ createdBy: String) -> Bool {
        guard createdBy.hasPrefix("parquet-mr") else { return false }
        let words = createdBy.split(separator: " ")
        guard words.count > 2, words[1] == "version" else { return words.count == 1 }
        let numbers = words[2].split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(3).map { Int($0) ?? 0 }
        return numbers.lexicographicallyPrecedes([1, 2, 9])
    }
}
