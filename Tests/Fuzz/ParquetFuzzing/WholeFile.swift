import TarnBase
import TarnColumns
import TarnParquet

/// A whole file, read as every caller of the module does: footer, all rows, rows of a filter, row groups to be copied.
enum WholeFile {
    static let options: ScanOptions = {
        var options = ScanOptions(batchRows: 100, verifyChecksums: false)
        options.limits.pageBytes = 4 << 20
        options.limits.entriesPerRow = 1 << 18
        options.limits.valuesPerPage = 1 << 20
        return options
    }()

    /// Batches after which a file is left: runs stand for very many rows in few bytes.
    static let batchLimit = 50

    static func read(_ bytes: Bytes) {
        guard let metadata = try? metadata(bytes) else { return }
        try? scan(bytes, metadata)
        try? scan(bytes, metadata.narrowed(to: Schema(metadata.schema.fields.map { Field($0.name, firstMembers($0.type)) })))
        for group in metadata.rowGroups.indices.prefix(4) { try? copy(group, bytes, metadata) }
        for field in metadata.schema.fields.flatMap({ membersToFilter($0) }) {
            let literal: Filter.Literal
            switch field.type {
            case .boolean: literal = true
            case .int32, .int64: literal = 750
            case .float, .double: literal = 1.5
            case .string: literal = "text"
            case .decimal: literal = "1.25"
            default: continue
            }
            for filter: Filter in [.equal(field.name, literal), .greater(field.name, literal)] {
                guard let bound = try? BoundFilter(filter, schema: metadata.schema) else { continue }
                try? scan(bytes, metadata, bound)
            }
        }
    }

    /// The type with one member of every struct.
    private static func firstMembers(_ type: DataType) -> DataType {
        switch type {
        case .struct(let members): .struct(members.suffix(1).map { Field($0.name, firstMembers($0.type)) })
        case .list(let element): .list(element: Field(element.name, firstMembers(element.type)))
        case .map(let key, let value): .map(key: key, value: Field(value.name, firstMembers(value.type)))
        default: type
        }
    }

    /// The column itself, or the members of a struct by their dotted names.
    private static func membersToFilter(_ field: Field) -> [Field] {
        guard case .struct(let members) = field.type else { return [field] }
        return members.flatMap { membersToFilter(Field(field.name + "." + $0.name, $0.type)) }
    }

    private static func cut(_ bytes: Bytes, _ ranges: [Range<Int64>]) -> [Bytes] {
        ranges.map { range in
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "asked for what the file does not have")
            return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
        }
    }

    private static func metadata(_ bytes: Bytes) throws -> FileMetadata {
        var decoder = FooterDecoder(fileSize: Int64(bytes.count), refusesUnreadableColumns: false)
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(cut(bytes, ranges))
            case .done(let metadata): return metadata
            }
        }
    }

    private static func scan(_ bytes: Bytes, _ metadata: FileMetadata) throws {
        var scan = ParquetScan(metadata: metadata, options: options)
        var batches = 0
        while batches < batchLimit {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(cut(bytes, ranges))
            case .done(let batch?):
                batches += 1
                precondition(batch.columns.allSatisfy { $0.count == batch.rowCount }, "columns of unequal length")
                _ = NDJSONWriter(schema: batch.schema).append(batch)
            case .done(nil): return
            }
        }
    }

    private static func scan(_ bytes: Bytes, _ metadata: FileMetadata, _ filter: BoundFilter) throws {
        var scan = FilteredScan(metadata: metadata, filter: filter, options: options)
        var batches = 0
        while batches < batchLimit, scan.filteredRowCount < 10_000 {
            switch try scan.next() {
            case .needs(let ranges): try scan.supply(cut(bytes, ranges))
            case .done(let batch?): batches += batch.rowCount > 0 ? 1 : 0
            case .done(nil): return
            }
        }
    }

    private static func copy(_ group: Int, _ bytes: Bytes, _ metadata: FileMetadata) throws {
        let copy = try RowGroupCopy(of: group, in: metadata, fileSize: Int64(bytes.count), limits: options.limits)
        let rows = metadata.rowGroups[group].rowCount
        for field in try copy.fields(from: cut(bytes, copy.ranges)) {
            precondition(field.chunks.allSatisfy { $0.rowCount == rows }, "a copy of other rows")
        }
    }
}
