package import TarnParquet

extension BaseFileReader {
    /// Opens a file of a slice. Cost: one request, a second for a footer longer than 64 KiB.
    ///
    /// - Throws: As ``open(_:size:in:limits:)``; `unsupported` for base files that are not Parquet, naming the format.
    package static func open(_ file: BaseFile, in table: TableHandle, limits: ReadLimits = .default) async throws -> BaseFileReader {
        let path = file.path(in: table)
        guard file.name.format == .parquet else {
            throw TableError(.unsupported, "base files in the format \(file.name.format.rawValue) are not read", at: path, instant: file.instant)
        }
        return try await open(path, size: file.size, in: table.store, limits: limits)
    }

    /// The bloom filter over the file's record keys; nil if its writer left none.
    ///
    /// - Throws: ``TableError`` `corrupt` for what is no filter, `unsupported` for a kind we do not know.
    package func bloomFilter() throws(TableError) -> RecordBloomFilter? {
        guard let text = metadata.keyValue(BaseFileFooter.bloomFilter) ?? metadata.keyValue(BaseFileFooter.legacyBloomFilter) else { return nil }
        do {
            return try RecordBloomFilter(footerText: text, typeCode: metadata.keyValue(BaseFileFooter.bloomFilterType))
        } catch {
            // The offset is the filter's, which lies encoded in the footer.
            throw TableError(error.code, error.message, at: path)
        }
    }

    /// The least and the greatest record key in the file; nil where the footer has not both, as in a file without rows.
    ///
    /// Java's Avro writer orders by UTF-16 units, everybody else by UTF-8 bytes; the two agree but for keys that mix
    /// characters beyond U+FFFF with ones from U+E000 on. Use it to leave files out only for keys below U+D800.
    package var recordKeyRange: (least: String, greatest: String)? {
        guard let least = metadata.keyValue(BaseFileFooter.minRecordKey), let greatest = metadata.keyValue(BaseFileFooter.maxRecordKey) else { return nil }
        return (least, greatest)
    }

    /// The Avro schema with meta fields, as Hudi's Avro writer leaves it.
    package var avroSchemaText: String? { metadata.keyValue(BaseFileFooter.avroSchema) }
}
