/// How a file is scanned.
package struct ScanOptions: Hashable, Sendable {
    /// At most so many rows in a batch. Batches are shorter where a column's pages or lists grow large.
    package var batchRows = 8192
    /// How much of a column chunk is asked for at a time.
    package var fetchBytes = 1 << 20
    /// How many bytes of decompressed pages a column opens for one batch, beyond the first page.
    package var batchBytes = 8 << 20
    /// With a filter: whether what statistics, bloom filters, dictionaries and page indexes rule out is passed over unread.
    package var prunes = true
    /// With a filter: row groups whose wanted chunks take no more than this are read at once, without a look at indexes and bloom
    /// filters, since requests would cost more than they save.
    package var smallRowGroupBytes = 256 << 10
    /// Whether pages with a CRC-32 in their header are held against it.
    package var verifyChecksums = true
    package var limits = ReadLimits.default

    package init() {}

    package init(batchRows: Int, verifyChecksums: Bool = false) {
        precondition(batchRows > 0)
        self.batchRows = batchRows
        self.verifyChecksums = verifyChecksums
    }
}

/// What a decoder without I/O answers: it needs parts of the file, or it has a result.
package enum DecodingStep<Output> {
    /// The bytes of these ranges of the file, to be given to `supply` in the same order, each in full.
    case needs([Range<Int64>])
    case done(Output)
}

extension DecodingStep: Sendable where Output: Sendable {}
