package import TarnBase

/// An Avro object container file (Avro 1.11, "Object Container Files"), whole in memory: how Hudi keeps the payloads of
/// its timeline, one record a file (format §2.3).
package struct AvroContainer: Sendable {
    package let schema: AvroSchema
    /// What the header says, `avro.schema` and `avro.codec` included.
    package let metadata: [(key: String, value: Bytes)]
    package let records: [AvroValue]
    /// The 16 bytes that end every block.
    package let syncMarker: Bytes

    /// Reads a file. The codecs `null` and `deflate` are known; other codecs are `unsupported`.
    ///
    /// - Parameter inflatedLimit: The most bytes that compressed blocks may hold together.
    package init(parsing file: Bytes, inflatedLimit: ByteCount = .mebibytes(64)) throws(AvroError) {
        self = try file.withUnsafeBytes { (buffer) throws(AvroError) -> AvroContainer in
            try AvroContainer(buffer, inflatedLimit: Int(clamping: inflatedLimit.bytes))
        }
    }

    private static let magic: [UInt8] = Array("Obj".utf8) + [1]
    private static let syncMarkerByteCount = 16

    private init(_ file: UnsafeRawBufferPointer, inflatedLimit: Int) throws(AvroError) {
        var cursor = AvroCursor(bytes: file)
        guard file.starts(with: AvroContainer.magic) else { throw cursor.fault("no Avro container: it does not begin with \"Obj\" and 1") }
        _ = try cursor.take(AvroContainer.magic.count)
        metadata = try AvroContainer.header(&cursor)
        syncMarker = Bytes(copying: try cursor.take(AvroContainer.syncMarkerByteCount))

        guard let text = metadata.last(where: { $0.key == "avro.schema" })?.value else { throw AvroError(.data, "a container without avro.schema", offset: 4) }
        schema = try AvroSchema(parsing: text)
        let codec = metadata.last { $0.key == "avro.codec" }?.value.printableText ?? "null"
        guard codec == "null" || codec == "deflate" else { throw AvroError(.unsupported, "the codec \(codec) of Avro files") }

        let values = AvroCodec(schema)
        var budget = AvroValueBudget(byteCount: file.count)
        var inflatedLeft = inflatedLimit
        var records: [AvroValue] = []
        while !cursor.isAtEnd {
            let start = cursor.offset
            let count = try cursor.long()
            guard count >= 0 else { throw AvroError(.data, "a block of \(count) records", offset: start) }
            var block = Bytes(copying: try cursor.block())
            if codec == "deflate" {
                block = try AvroContainer.inflate(block, limit: inflatedLeft, at: start)
                inflatedLeft -= block.count
                budget.add(byteCount: block.count)
            }
            do { records += try values.decode(block, count: count, budget: &budget) } catch {
                throw AvroError(error.code, "in a block of \(count) records: \(error)", offset: start)
            }
            guard try cursor.take(AvroContainer.syncMarkerByteCount).elementsEqual(syncMarker.array) else {
                throw cursor.fault("a block without the file's sync marker behind it")
            }
        }
        self.records = records
    }

    /// The map in front: in blocks, like any map of bytes.
    private static func header(_ cursor: inout AvroCursor) throws(AvroError) -> [(key: String, value: Bytes)] {
        var entries: [(key: String, value: Bytes)] = []
        while true {
            let start = cursor.offset
            var count = try cursor.long()
            if count == 0 { return entries }
            if count < 0 {
                guard count != .min else { throw AvroError(.data, "a block of \(count) entries", offset: start) }
                count = -count
                _ = try cursor.long()
            }
            while count > 0 {
                let key = try cursor.string()
                entries.append((key, Bytes(copying: try cursor.block())))
                count -= 1
            }
        }
    }

    private static func inflate(_ block: Bytes, limit: Int, at offset: Int) throws(AvroError) -> Bytes {
        do { return try RawDeflate.inflate(block, limit: limit) } catch {
            throw AvroError(.data, "a compressed block that \(error)", offset: offset)
        }
    }
}

extension AvroContainer {
    /// A file as Spark writes it: one record, not compressed, nothing but `avro.schema` in the header.
    ///
    /// - Parameter random: Where the sync marker comes from.
    /// - Throws: `mismatch`, if the record does not fit the schema.
    package static func file(
        of record: AvroValue, schema: AvroSchema, random: any RandomSource
    ) throws(AvroError) -> Bytes {
        var syncMarker = ByteBuilder(capacity: syncMarkerByteCount)
        syncMarker.append(littleEndian: random.next())
        syncMarker.append(littleEndian: random.next())
        return try file(of: record, schema: schema, syncMarker: syncMarker.finish())
    }

    static func file(of record: AvroValue, schema: AvroSchema, syncMarker: Bytes) throws(AvroError) -> Bytes {
        precondition(syncMarker.count == syncMarkerByteCount)
        let content = try AvroCodec(schema).encode(record)
        var file = ByteBuilder(capacity: content.count + 4096)
        file.append(magic)
        file.append(avro: 1)
        file.append(avro: "avro.schema")
        file.append(avro: schema.description)
        file.append(avro: 0)
        file.append(syncMarker)
        file.append(avro: 1)
        file.append(avro: content)
        file.append(syncMarker)
        return file.finish()
    }
}
