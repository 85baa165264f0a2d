import TarnColumns
import TarnTable

/// What must hold of the rows of a log's data blocks (hudi-format §4.2, §5.3). One finding of a kind for a file.
struct LogRowInvariants {
    private let file: LogFile
    private let properties: TableProperties
    private let keyTexts: KeyTexts
    private var found: Set<String> = []
    /// Records of the file's data blocks, by instant.
    private(set) var records: [InstantTime: Int64] = [:]
    /// Whether some block could not be decoded, so that ``records`` says little.
    var isPartial = false

    init(_ file: LogFile, _ properties: TableProperties) {
        self.file = file
        self.properties = properties
        keyTexts = KeyTexts(properties)
    }

    mutating func take(_ batch: RecordBatch, of block: LogBlock) -> [Finding] {
        records[block.instant, default: 0] += Int64(batch.rowCount)
        guard properties.hasMetaFields, batch.rowCount > 0 else { return [] }
        var findings: [Finding] = []
        if let times = batch[MetaFields.commitTime], times.type == .string {
            for row in times.firstRowsOfValues(limit: 1000) {
                let text = times.text(at: row) ?? "null"
                // A log compaction keeps the commit times of the rows it gathered.
                let isRight = text == "\(block.instant)" || !block.compacted.isEmpty && InstantTime(text).map { $0 <= block.instant } ?? false
                if !isRight { findings += finding(.logMetaFields, block, "\(MetaFields.commitTime) of a record is '\(text)'") }
            }
        }
        if let keys = batch[MetaFields.recordKey], keys.nullCount > 0 { findings += finding(.logMetaFields, block, "a record has no \(MetaFields.recordKey)") }
        if let paths = batch[MetaFields.partitionPath], paths.type == .string {
            for row in paths.firstRowsOfValues(limit: 64) where paths.text(at: row) != file.partition.text {
                findings += finding(.partitionMatches, block, "\(MetaFields.partitionPath) of a record is '\(paths.text(at: row) ?? "null")', not '\(file.partition)'")
            }
        }
        return findings + columnKeys(batch, block)
    }

    private mutating func columnKeys(_ batch: RecordBatch, _ block: LogBlock) -> [Finding] {
        var findings: [Finding] = []
        if let paths = keyTexts.partitionPaths(batch), let wrong = paths.subtracting([file.partition.text]).min() {
            findings += finding(.partitionMatches, block, "the columns of a record give the partition '\(wrong)', not '\(file.partition)'")
        }
        guard let keys = batch[MetaFields.recordKey], keys.type == .string, !keyTexts.forms.isEmpty else { return findings }
        for form in keyTexts.forms {
            guard let expected = keyTexts.recordKeys(batch, as: form) else { return findings }
            if Column.rowsEqual(keys, expected).setCount == batch.rowCount { return findings }
        }
        return findings + finding(.keysMatch, block, "the keys of records are not those that their columns give")
    }

    private mutating func finding(_ invariant: Invariant, _ block: LogBlock, _ message: String) -> [Finding] {
        guard found.insert("\(invariant.id) \(message.prefix(20))").inserted else { return [] }
        return [Finding(invariant, at: file.relativePath, instant: block.instant, "\(message), in the block at byte \(block.offset)")]
    }
}
