/// Names of the key/value entries that Hudi keeps in the footers of base files (hudi-format §4.3).
package enum BaseFileFooter {
    package static let avroSchema = "parquet.avro.schema"
    /// `avro` where the Avro schema is there.
    package static let writerModel = "writer.model.name"
    package static let bloomFilter = "org.apache.hudi.bloomfilter"
    package static let legacyBloomFilter = "com.uber.hoodie.bloomfilter"
    /// `DYNAMIC_V0`; absent for the simple kind.
    package static let bloomFilterType = "hoodie_bloom_filter_type_code"
    package static let minRecordKey = "hoodie_min_record_key"
    package static let maxRecordKey = "hoodie_max_record_key"
}
