import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// The record keys and ordering values of one base file, in the order of its rows: fetched by two requests
/// where the file is small or the columns lie near each other.
final class BaseFileKeys {
    /// Keys of neighbouring rows.
    struct Batch {
        /// Position in the file of the first one.
        let firstRow: UInt32
        /// Of type `.string`.
        let keys: Column
        /// nil: the table has no ordering field.
        let orderings: OrderingValues?
    }

    private let path: ObjectPath
    private let orderingField: String?
    private let limits: KeyFetchLimits
    private var object: HeldObject
    /// Where the chunks of both columns lie, in the order of the file.
    private let chunks: [Range<Int64>]
    private var scan: ParquetScan

    /// - Returns: nil if the footer tells that the file has none of the keys sought.
    /// - Throws: ``TableError`` `corrupt` with path and offset, also where a column is missing.
    ///
    /// Cost: one request, and one more where the footer is longer than expected.
    static func open(
        _ file: BaseFile, of table: TableHandle, orderingField: String?, sought: SoughtKeys, limits: KeyFetchLimits
    ) async throws -> BaseFileKeys? {
        let path = file.path(in: table)
        do {
            var object = HeldObject(path, in: table.store)
            if file.size > 0 { try await object.hold(limits.firstRange(of: file.size)) }
            var decoder = FooterDecoder(fileSize: file.size)
            while true {
                switch try decoder.next() {
                case .needs(let ranges): try decoder.supply(try await object.get(ranges))
                case .done(let metadata):
                    return sought.mayLie(in: metadata) ? try BaseFileKeys(metadata, object, path, orderingField, limits) : nil
                }
            }
        } catch {
            throw TableError(error, at: path, instant: file.instant)
        }
    }

    private init(_ metadata: FileMetadata, _ object: HeldObject, _ path: ObjectPath, _ orderingField: String?, _ limits: KeyFetchLimits) throws {
        guard metadata.rowCount <= Int64(UInt32.max) else { throw TableError(.unsupported, "a base file of more than 4 billion rows") }
        self.path = path
        self.orderingField = orderingField
        self.limits = limits
        self.object = object
        let columns = try ([MetaFields.recordKey] + (orderingField.map { [$0] } ?? [])).map { name in
            guard let index = metadata.schema.index(of: name) else { throw TableError(.corrupt, "a base file without the column \(name)") }
            return index
        }
        let leaves = columns.flatMap { metadata.tree.fields[$0].leaves }
        chunks = metadata.rowGroups.flatMap { group in leaves.map { group.columns[$0].byteRange } }.sorted { $0.lowerBound < $1.lowerBound }
        if !chunks.contains(where: self.object.range.overlaps) { self.object.letGo() }
        var options = ScanOptions()
        options.fetchBytes = Int(limits.spanBytes)
        // The filter, which may be long, has done its work.
        var metadata = metadata
        metadata.keyValueMetadata = []
        scan = ParquetScan(metadata: metadata, columns: columns.sorted(), options: options)
    }

    /// nil at the end.
    func next() async throws -> Batch? {
        do {
            while true {
                switch try scan.next() {
                case .needs(let ranges):
                    try await holdSpan(of: ranges)
                    try scan.supply(try await object.get(ranges))
                case .done(let rows?): return try batch(rows)
                case .done(nil): return nil
                }
            }
        } catch {
            throw TableError(error, at: path)
        }
    }

    /// Fetches what is asked for, and the chunks that follow as far as they fit, at once; or nothing if it is too far apart.
    private func holdSpan(of ranges: [Range<Int64>]) async throws {
        guard !ranges.allSatisfy(object.holds), let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return }
        let limit = first + limits.spanBytes
        guard last <= limit else { return }
        let ends = chunks.lazy.map(\.upperBound).filter { $0 > last && $0 <= limit }
        try await object.hold(first..<(ends.max() ?? last))
    }

    private func batch(_ rows: RecordBatch) throws -> Batch {
        guard let keys = rows[MetaFields.recordKey], keys.type == .string else {
            throw TableError(.corrupt, "the record keys are no strings")
        }
        var orderings: OrderingValues?
        if let field = orderingField {
            orderings = rows[field]?.orderingValues()
            guard orderings != nil else {
                throw TableError(.unsupported, "the ordering field '\(field)' has a type in this file that is not compared")
            }
        }
        return Batch(firstRow: UInt32(scan.firstRow), keys: keys, orderings: orderings)
    }
}
