import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnWrite

/// The parts of one base file, in its order: row groups that are copied, and the rows of others. One owner.
final class BaseFileParts {
    private let scan: BaseFileScan
    private let path: ObjectPath
    /// Of rows that are given out.
    private let columns: Schema
    private let copying: RowGroupCopying?
    private let sources: [RowGroupCopying.Source]?
    private var nextGroup = 0
    private var isScanning = false

    init(_ scan: BaseFileScan, at path: ObjectPath, columns: Schema, copying: RowGroupCopying?) {
        self.scan = scan
        self.path = path
        self.columns = columns
        self.copying = copying
        sources = copying?.sources(in: scan.metadata.tree)
    }

    /// As the footer says.
    var rowCount: Int64 { scan.metadata.rowCount }

    /// - Throws: ``TableError`` `corrupt` with the path.
    func next() async throws -> SlicePart? {
        while true {
            if isScanning {
                if let rows = try await scan.next() { return .rows(try adapted(rows.rows, to: columns)) }
                isScanning = false
            }
            let groups = scan.metadata.rowGroups
            guard nextGroup < groups.count else { return nil }
            let first = nextGroup
            nextGroup += 1
            if takes(first), let copied = try await copied(first) { return .copied(copied) }
            while nextGroup < groups.count, !takes(nextGroup) { nextGroup += 1 }
            scan.restart(at: first..<nextGroup)
            isScanning = true
        }
    }

    private func takes(_ group: Int) -> Bool { sources != nil && copying?.takes(scan.metadata.rowGroups[group]) == true }

    /// - Returns: nil for what has to be decoded.
    private func copied(_ group: Int) async throws -> CopiedRows? {
        guard let copying, let sources else { return nil }
        var copiedFields: [Int] = []
        var decodedFields: Set<Int> = []
        for (field, source) in zip(copying.tree.fields, sources) where field.field.name != MetaFields.fileName {
            if case .copied(let position) = source { copiedFields.append(position) }
            if case .decoded(let position) = source { decodedFields.insert(position) }
            if field.field.name == MetaFields.recordKey, let position = source.position { decodedFields.insert(position) }
        }
        let encoded: [EncodedField]
        do { encoded = try await scan.encoded(group, fields: copiedFields) } catch let error as TableError where error.code == .unsupported { return nil }
        let values = try await scan.values(group, fields: decodedFields.sorted())
        let wanted = Schema(copying.tree.fields.map(\.field).filter { values[$0.name] != nil })
        let decoded = try adapted(values, to: wanted)
        guard let keys = decoded[MetaFields.recordKey] else { return nil }
        var rest = encoded[...]
        var columns: [RowGroupColumn] = []
        for (field, source) in zip(copying.tree.fields.map(\.field), sources) {
            switch source {
            case .copied where field.name != MetaFields.fileName: columns.append(.encoded(rest.removeFirst()))
            case .decoded: columns.append(.values(decoded[field.name] ?? .nulls(field.type, count: keys.count)))
            case .copied, .absent: columns.append(.values(.nulls(field.type, count: keys.count)))
            }
        }
        return CopiedRows(columns: columns, keys: keys)
    }

    private func adapted(_ batch: RecordBatch, to schema: Schema) throws -> RecordBatch {
        do { return try batch.adapted(to: schema) } catch { throw TableError(error, at: path) }
    }
}

extension RowGroupCopying.Source {
    fileprivate var position: Int? {
        switch self {
        case .copied(let position), .decoded(let position): position
        case .absent: nil
        }
    }
}
