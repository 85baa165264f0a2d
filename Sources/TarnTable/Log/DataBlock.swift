import TarnAvro
import TarnBase
package import TarnColumns
import TarnParquet
package import TarnStorage

/// The rows of a data block in the columns of a table, batch by batch (hudi-format §5.3).
///
/// Columns are found by name, cast where a safe promotion lies between, null where the block is older than the column.
///
/// Memory: a window of the block and a batch; of a Parquet block that of ``ParquetScan``. Cost: a request for each started
/// 4 MiB of the block (Parquet: each window of each column), unless it came along with its header.
package struct DataBlock {
    private let block: LogBlock
    private let schema: Schema
    private var avro: AvroRows?
    private var parquet: ParquetRows?

    private init(_ block: LogBlock, _ schema: Schema, avro: AvroRows? = nil, parquet: ParquetRows? = nil) {
        self.block = block
        self.schema = schema
        self.avro = avro
        self.parquet = parquet
    }

    /// - Parameters:
    ///   - schema: The columns wanted.
    ///   - batchBytes: A batch of Avro records is closed when it takes so much.
    /// - Throws: ``TableError``: `unsupported` for HFile blocks and versions that are not known, `corrupt`.
    package static func open(_ block: LogBlock, as schema: Schema, in store: any ObjectStore, batchRows: Int = 8192, batchBytes: Int = 64 << 20) async throws -> DataBlock {
        precondition(block.type.holdsRows)
        do {
            let content = BlockContent(block, in: store)
            switch block.type {
            case .avroData: return DataBlock(block, schema, avro: try await AvroRows(content, as: schema, batchRows: batchRows, batchBytes: batchBytes))
            case .parquetData: return DataBlock(block, schema, parquet: try await ParquetRows(content, as: schema, batchRows: batchRows))
            default: throw block.fault(.unsupported, "log blocks in HFile format cannot be read")
            }
        } catch {
            throw DataBlock.fault(error, block)
        }
    }

    /// The next rows; nil after the last.
    package mutating func next() async throws -> RecordBatch? {
        do {
            var batch = try await avro?.next()
            if parquet != nil { batch = try await parquet?.next() }
            return try batch?.adapted(to: schema)
        } catch {
            throw DataBlock.fault(error, block)
        }
    }

    private static func fault(_ error: any Error, _ block: LogBlock) -> any Error {
        switch error {
        case is CancellationError, is TableError: return error
        case let error as ColumnError:
            return block.fault(error.code == .unsupported ? .unsupported : .corrupt, "a log block does not fit the table's schema: \(error)")
        default:
            let fault = TableError(error, at: block.path, instant: block.instant)
            return TableError(fault.code, fault.message, at: block.path, offset: block.offset, instant: block.instant)
        }
    }
}

/// Content of an Avro data block: version, record count, and each record with its length in front.
private struct AvroRows {
    private var content: BlockContent
    private let decoder: AvroColumnDecoder
    private let batchRows: Int
    private let batchBytes: Int
    private var recordsLeft: Int32
    private var offset: Int64 = 8

    init(_ content: BlockContent, as schema: Schema, batchRows: Int, batchBytes: Int) async throws {
        self.content = content
        self.batchRows = batchRows
        self.batchBytes = batchBytes
        let block = content.block
        guard let text = block.header[.schema] else { throw block.fault(.corrupt, "an Avro data block without a schema") }
        decoder = try AvroColumnDecoder(writer: AvroSchema(parsing: text), columns: Set(schema.names))
        guard content.size >= 8 else { throw block.fault(.corrupt, "an Avro data block of \(content.size) bytes") }
        var reader = BigEndianReader(try await self.content.bytes(0..<8))
        guard let version = reader.int32(), let count = reader.int32() else { throw block.fault(.corrupt, "an Avro data block without a version") }
        guard (1...3).contains(version) else { throw block.fault(.unsupported, "an Avro data block of version \(version)") }
        guard count >= 0 else { throw block.fault(.corrupt, "an Avro data block of \(count) records") }
        recordsLeft = count
    }

    mutating func next() async throws -> RecordBatch? {
        while recordsLeft > 0, decoder.rowCount < batchRows, decoder.byteCount < batchBytes { try await readRun() }
        guard recordsLeft > 0 || offset == content.size else {
            throw content.block.fault(.corrupt, "\(content.size - offset) bytes behind the last record of an Avro data block")
        }
        return decoder.rowCount > 0 ? try decoder.finish() : nil
    }

    /// Decodes the records that lie whole in the next few KiB: one look at the window for many.
    private mutating func readRun() async throws {
        let block = content.block
        guard content.size - offset >= 4 else { throw block.fault(.corrupt, "an Avro data block ends before its last \(recordsLeft) records") }
        var lengths = BigEndianReader(try await content.bytes(offset..<(offset + 4)))
        let first = Int64(lengths.int32() ?? -1)
        guard first >= 0, first <= content.size - offset - 4 else { throw block.fault(.corrupt, "a record of \(first) bytes") }
        guard first <= 256 << 20 else { throw block.fault(.unsupported, "a record of \(first) bytes") }
        let end = min(content.size, offset + max(4 + first, 256 << 10))
        var reader = BigEndianReader(try await content.bytes(offset..<end))
        while recordsLeft > 0, decoder.rowCount < batchRows {
            let start = reader.offset
            guard let length = reader.int32(), let record = reader.take(Int(length)) else {
                offset += Int64(start)
                return
            }
            try record.withUnsafeBytes { (bytes) throws(AvroError) in try decoder.append(bytes) }
            recordsLeft -= 1
        }
        offset += Int64(reader.offset)
    }
}

/// Content of a Parquet data block: a whole file.
private struct ParquetRows {
    private let content: BlockContent
    private var scan: ParquetScan

    init(_ content: BlockContent, as schema: Schema, batchRows: Int) async throws {
        self.content = content
        var footer = FooterDecoder(fileSize: content.size)
        while true {
            switch try footer.next() {
            case .needs(let ranges): try footer.supply(try await content.get(ranges))
            case .done(let whole):
                let metadata = whole.narrowed(to: schema)
                let columns = metadata.schema.fields.indices.filter { schema[metadata.schema.fields[$0].name] != nil }
                guard !columns.isEmpty else { throw content.block.fault(.corrupt, "a Parquet data block without one of the table's columns") }
                scan = ParquetScan(metadata: metadata, columns: columns, options: ScanOptions(batchRows: batchRows))
                return
            }
        }
    }

    mutating func next() async throws -> RecordBatch? {
        while true {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(try await content.get(ranges))
            case .done(let batch): return batch
            }
        }
    }
}
