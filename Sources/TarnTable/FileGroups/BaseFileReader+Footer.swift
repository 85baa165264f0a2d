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

    /// As ``TarnParquet/FileMetadata/recordKeyFilter()``, with the path in errors.
    package func bloomFilter() throws(TableError) -> RecordBloomFilter? {
        do { return try metadata.recordKeyFilter() } catch {
            // The offset is the filter's, which lies encoded in the footer.
            throw TableError(error.code, error.message, at: path)
        }
    }

    /// As ``TarnParquet/FileMetadata/recordKeyRange``.
    package var recordKeyRange: (least: String, greatest: String)? { metadata.recordKeyRange }

    /// The Avro schema with meta fields, as Hudi's Avro writer leaves it.
    package var avroSchemaText: String? { metadata.keyValue(BaseFileFooter.avroSchema) }
}
