import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// What must hold of the rows of one base file (hudi-format §4.2, §4.5, §6.4). Takes the file's batches in order.
struct RowInvariants {
    private let file: BaseFile
    private let reader: BaseFileReader
    private let properties: TableProperties
    private let keyTexts: KeyTexts
    private let bloomFilter: RecordBloomFilter?
    /// Whether an instant's data is the table's.
    private let isCommitted: (InstantTime) -> Bool

    private var rowCount: Int64 = 0
    private var keyRange: (least: Cell, greatest: Cell)?
    private var rowGroup = 0
    private var rowGroupEnd: Int64
    private var statistics: [ColumnStatistics?]
    /// One finding of a kind for a file is enough; these were made.
    private var found: Set<String> = []
    /// Which spelling the file's complex one-column keys have.
    private(set) var keyForms: Set<KeyTexts.Form> = []

    init(file: BaseFile, reader: BaseFileReader, properties: TableProperties, isCommitted: @escaping (InstantTime) -> Bool) {
        self.file = file
        self.reader = reader
        self.properties = properties
        self.isCommitted = isCommitted
        keyTexts = KeyTexts(properties)
        bloomFilter = properties.hasMetaFields ? (try? reader.bloomFilter()) ?? nil : nil
        rowGroupEnd = reader.metadata.rowGroups.first?.rowCount ?? 0
        statistics = reader.schema.fields.map { _ in nil }
    }

    private mutating func finding(_ invariant: Invariant, _ what: String, _ message: String, severity: Severity? = nil) -> [Finding] {
        guard found.insert("\(invariant.id) \(what)").inserted else { return [] }
        return [Finding(invariant, at: file.relativePath, instant: file.instant, message, severity: severity)]
    }

    mutating func take(_ chunk: BaseFileReader.Chunk) -> [Finding] {
        let batch = chunk.batch
        var findings: [Finding] = []
        // Batches do not reach from one row group into the next.
        while chunk.firstRow >= rowGroupEnd, rowGroup + 1 < reader.metadata.rowGroups.count { findings += closeRowGroup() }
        rowCount += Int64(batch.rowCount)
        for index in batch.columns.indices where isFlat(index) {
            let seen = ColumnStatistics(of: batch.columns[index])
            statistics[index] = statistics[index]?.merged(with: seen) ?? seen
        }
        if properties.hasMetaFields {
            findings += metaFields(batch, firstRow: chunk.firstRow)
            findings += keys(batch, firstRow: chunk.firstRow)
        }
        return findings
    }

    mutating func finish() -> [Finding] {
        var findings = closeRowGroup()
        if rowCount != reader.rowCount { findings += finding(.baseRowCount, "", "\(rowCount) rows, the footer says \(reader.rowCount)") }
        return findings
    }

    // MARK: Statistics

    private func isFlat(_ index: Int) -> Bool {
        if case .leaf = reader.metadata.tree.fields[index].shape { true } else { false }
    }

    private mutating func closeRowGroup() -> [Finding] {
        guard rowGroup < reader.metadata.rowGroups.count else { return [] }
        var findings: [Finding] = []
        let group = reader.metadata.rowGroups[rowGroup]
        for (index, field) in reader.metadata.tree.fields.enumerated() {
            guard case .leaf(let leaf) = field.shape, let seen = statistics[index] else { continue }
            let bounds = ChunkBounds(group.columns[leaf.index].statistics, of: leaf, order: reader.metadata.order(of: leaf))
            if let contradiction = bounds.contradiction(seen) {
                findings += finding(.statisticsBound, "\(rowGroup) \(index)", "row group \(rowGroup), column \(leaf.name): \(contradiction)")
            }
            statistics[index] = nil
        }
        rowGroup += 1
        if rowGroup < reader.metadata.rowGroups.count { rowGroupEnd += reader.metadata.rowGroups[rowGroup].rowCount }
        return findings
    }

    // MARK: Meta fields

    private mutating func metaFields(_ batch: RecordBatch, firstRow: Int64) -> [Finding] {
        var findings: [Finding] = []
        for name in MetaFields.names {
            guard let column = batch[name] else { continue }
            if column.nullCount > 0 { findings += finding(.metaFields, "null \(name)", "\(column.nullCount) rows from row \(firstRow) on have no \(name)") }
        }
        for (name, expected) in [(MetaFields.partitionPath, file.partition.text), (MetaFields.fileName, file.name.text)] {
            guard let column = batch[name], column.type == .string else { continue }
            for row in column.firstRowsOfValues(limit: 2) {
                guard let text = column.text(at: row), text != expected else { continue }
                findings += finding(.metaFields, name, "\(name) of row \(firstRow + Int64(row)) is '\(text)', not '\(expected)'")
            }
        }
        guard let times = batch[MetaFields.commitTime], times.type == .string else { return findings }
        for row in times.firstRowsOfValues(limit: 10_000) {
            guard let text = times.text(at: row) else { continue }
            if let problem = commitTimeProblem(text) { findings += finding(.metaFields, "time \(text)", "row \(firstRow + Int64(row)): \(problem)") }
        }
        if let numbers = batch[MetaFields.commitSequence], numbers.type == .string, let row = numbers.firstRow(notNumbered: times, groups: 2) {
            let text = numbers.text(at: row) ?? "null"
            findings += finding(
                .metaFields, "seqno", "\(MetaFields.commitSequence) of row \(firstRow + Int64(row)) is '\(text)', not <commit time>_<task>_<row>", severity: .warning)
        }
        return findings
    }

    private func commitTimeProblem(_ text: String) -> String? {
        guard let time = InstantTime(text) else { return "\(MetaFields.commitTime) is no instant: '\(text)'" }
        if time > file.instant { return "\(MetaFields.commitTime) \(text) is newer than the file" }
        return isCommitted(time) ? nil : "\(MetaFields.commitTime) \(text) is no completed instant"
    }

    // MARK: Keys

    private mutating func keys(_ batch: RecordBatch, firstRow: Int64) -> [Finding] {
        guard let keys = batch[MetaFields.recordKey], keys.type == .string else { return [] }
        var findings: [Finding] = []
        if let bloomFilter, case .views(let views) = keys.decoded().values, let row = bloomFilter.missing(views, limit: 1).first {
            findings += finding(.bloomCovers, "", "the bloom filter denies the key '\(keys.text(at: row) ?? "")' of row \(firstRow + Int64(row))")
        }
        noteKeyRange(keys)
        findings += columnKeys(batch, keys, firstRow: firstRow)
        if let paths = keyTexts.partitionPaths(batch), let wrong = paths.subtracting([file.partition.text]).min() {
            findings += finding(.keysMatch, "partition", "the columns of rows from row \(firstRow) on give the partition '\(wrong)', not '\(file.partition)'")
        }
        return findings
    }

    private mutating func noteKeyRange(_ keys: Column) {
        guard let (least, greatest) = keys.minMax() else { return }
        keyRange = keyRange.map { (Cell.isLess(least, $0.least) ? least : $0.least, Cell.isLess($0.greatest, greatest) ? greatest : $0.greatest) } ?? (least, greatest)
    }

    /// The least and greatest key by UTF-8 bytes, where the footer says others; nil where they agree.
    var differingKeyRange: (least: String, greatest: String)? {
        guard let said = reader.recordKeyRange, case (.text(let least), .text(let greatest))? = keyRange else { return nil }
        let seen = (least: least.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, greatest: greatest.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
        return isSame(said.least, seen.least) && isSame(said.greatest, seen.greatest) ? nil : seen
    }

    private mutating func columnKeys(_ batch: RecordBatch, _ keys: Column, firstRow: Int64) -> [Finding] {
        let forms = keyTexts.forms
        var wrongRow: Int?
        for form in forms {
            guard let expected = keyTexts.recordKeys(batch, as: form) else { return [] }
            let equal = Column.rowsEqual(keys, expected)
            if equal.setCount == batch.rowCount {
                if batch.rowCount > 0 { keyForms.insert(form) }
                return []
            }
            wrongRow = wrongRow ?? (0..<batch.rowCount).first { !equal[$0] }
        }
        guard let wrongRow else { return [] }
        return finding(.keysMatch, "key", "the key of row \(firstRow + Int64(wrongRow)) is '\(keys.text(at: wrongRow) ?? "null")', its columns give another")
    }
}
