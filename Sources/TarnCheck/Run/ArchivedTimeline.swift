import TarnAvro
import TarnBase
import TarnTable

/// What the archive of a timeline tells a check (hudi-format §9.6): log blocks of Avro records, one a timeline file.
struct ArchivedTimeline {
    private(set) var completed: Set<InstantTime> = []
    /// Names of files that archived cleans removed.
    private(set) var cleanedNames: Set<String> = []

    static func isArchiveFile(_ name: String) -> Bool { LogFileName(name)?.isArchive ?? name.hasPrefix(".commits_.archive.") }

    /// Adds the records of one archive file.
    ///
    /// - Throws: ``TableError`` `corrupt` with the offset, or what decoding the records threw.
    mutating func add(_ file: Bytes) throws {
        try AvroLogFile.forEachRecord(of: file, types: [.avroData]) { add($0) }
    }

    private mutating func add(_ record: AvroValue) {
        let state = record["actionState"]?.stringValue
        guard state == nil || state == "COMPLETED", let time = record["commitTime"]?.stringValue.flatMap({ InstantTime($0) }) else { return }
        if let action = record["actionType"]?.stringValue.flatMap(Action.init(rawValue:)), action.writesData { completed.insert(time) }
        for partition in record["hoodieCleanMetadata"]?["partitionMetadata"]?.mapValue ?? [] {
            for list in ["deletePathPatterns", "successDeleteFiles", "failedDeleteFiles"] {
                for name in partition.value[list]?.arrayValue?.compactMap(\.stringValue) ?? [] { cleanedNames.insert(TableFacts.lastName(name)) }
            }
        }
    }
}
