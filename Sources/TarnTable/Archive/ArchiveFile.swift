import TarnAvro
package import TarnBase

/// A file of the archive as it is made: blocks of records, in memory until it is put.
package struct ArchiveFile: Sendable {
    private static let codec = AvroCodec(ArchiveSchema.entry)
    private static let header = LogBlockHeader([.schema: ArchiveSchema.entry.description])
    /// A block repeats the schema of 15 kB; Java reads a block at a time into memory.
    private static let blockBytes = 1 << 20

    private var parts: [Bytes] = []
    /// Each with its length in front.
    private var records: [Bytes] = []
    private var recordBytes = 0
    private var closedBytes = 0

    package init() {}

    package var isEmpty: Bool { closedBytes == 0 && records.isEmpty }
    package var byteCount: Int { closedBytes + recordBytes }

    package mutating func append(_ entry: ArchivedEntry) throws(TableError) {
        let bytes: Bytes
        do { bytes = try Self.codec.encode(entry.record) } catch { throw TableError(error) }
        var length = ByteBuilder(capacity: 4)
        length.append(bigEndian: Int32(bytes.count))
        records.append(length.finish())
        records.append(bytes)
        recordBytes += 4 + bytes.count
        if recordBytes >= Self.blockBytes { closeBlock() }
    }

    private mutating func closeBlock() {
        guard !records.isEmpty else { return }
        var front = ByteBuilder(capacity: 8)
        front.append(bigEndian: Int32(3))
        front.append(bigEndian: Int32(records.count / 2))
        let frame = LogBlockFrame(.avroData, Self.header, content: [front.finish()] + records)
        (records, recordBytes) = ([], 0)
        parts += frame.parts
        closedBytes += Int(frame.byteCount)
    }

    /// The whole file; it is empty afterwards.
    package mutating func finish() -> Bytes {
        closeBlock()
        var all = ByteBuilder(capacity: closedBytes)
        for part in parts { all.append(part) }
        parts = []
        closedBytes = 0
        return all.finish()
    }
}
