package import TarnParquet

/// What the footer of a base file tells of its record keys (hudi-format §4.3, §4.5).
extension FileMetadata {
    /// The same for one who asks for no keys: without the bloom filter, which holds 7 bytes a row as text. What
    /// lies of the row groups in the footer's bytes is copied, since it would keep those alive, and the filter with them.
    package func withoutKeyFilter() -> FileMetadata {
        func isFilter(_ entry: KeyValue) -> Bool { entry.key == BaseFileFooter.bloomFilter || entry.key == BaseFileFooter.legacyBloomFilter }
        guard keyValueMetadata.contains(where: isFilter) else { return self }
        var metadata = self
        metadata.keyValueMetadata.removeAll(where: isFilter)
        metadata.detach()
        return metadata
    }

    /// The bloom filter over the file's record keys; nil if its writer left none.
    ///
    /// - Throws: ``TableError`` `corrupt` for what is no filter, `unsupported` for a kind we do not know.
    package func recordKeyFilter() throws(TableError) -> RecordBloomFilter? {
        guard let text = keyValue(BaseFileFooter.bloomFilter) ?? keyValue(BaseFileFooter.legacyBloomFilter) else { return nil }
        return try RecordBloomFilter(footerText: text, typeCode: keyValue(BaseFileFooter.bloomFilterType))
    }

    /// The least and the greatest record key in the file; nil where the footer has not both, as in a file without rows.
    ///
    /// Java's Avro writer orders by UTF-16 units, everybody else by UTF-8 bytes. A key without characters from U+E000 on lies
    /// in the one order where it lies in the other, beside whatever key; for others the range tells nothing.
    package var recordKeyRange: (least: String, greatest: String)? {
        guard let least = keyValue(BaseFileFooter.minRecordKey), let greatest = keyValue(BaseFileFooter.maxRecordKey) else { return nil }
        return (least, greatest)
    }
}
