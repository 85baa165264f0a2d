import TarnTable

/// What must hold of the write stat of a log file (hudi-format §3.2): incremental reads and change queries build the slice from it.
enum DeltaStatInvariants {
    /// What contradicts the file's name, for people.
    static func problems(_ stat: WriteStat, log: LogFileName) -> [String] {
        let name = stat.path ?? stat.fileID
        guard let append = stat.logAppend else { return ["logVersion, logOffset, baseFile and logFiles are missing: \(name)"] }
        var messages: [String] = []
        if append.version != Int64(log.version) { messages.append("logVersion is \(append.version), the file's another: \(name)") }
        if append.offset < 0 || append.offset >= max(1, stat.fileSize) { messages.append("logOffset \(append.offset) lies outside a file of \(stat.fileSize) bytes: \(name)") }
        if !append.logFiles.contains(log.text) { messages.append("logFiles does not name the file itself: \(name)") }
        for other in append.logFiles where other != log.text {
            guard let other = LogFileName(other), other.fileID == log.fileID, other.baseInstant == log.baseInstant else {
                messages.append("logFiles names '\(other)', which is no log of the slice: \(name)")
                continue
            }
        }
        if !append.baseFile.isEmpty, !fits(append.baseFile, log) { messages.append("baseFile '\(append.baseFile)' is not the slice's: \(name)") }
        if stat.previousInstant != "\(log.baseInstant)" {
            messages.append("prevCommit is \(stat.previousInstant ?? "null"), the base instant in the name \(log.baseInstant): \(name)")
        }
        return messages
    }

    private static func fits(_ baseFile: String, _ log: LogFileName) -> Bool {
        BaseFileName(baseFile).map { $0.fileID == log.fileID && $0.instant == log.baseInstant } ?? false
    }
}
