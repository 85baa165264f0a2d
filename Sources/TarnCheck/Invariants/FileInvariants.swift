import TarnStorage
import TarnTable

/// What must hold of the files that commits name, and of those that nobody names (hudi-format §4.1, §8.4).
enum FileInvariants {
    /// A file of a completed active commit: there, and of the size that the commit says.
    ///
    /// - Parameters:
    ///   - isLatest: No later commit wrote the file's group, and none replaced it.
    ///   - size: As the listing has it; nil: it is not there.
    static func check(_ stat: WriteStat, of instant: Instant, isLatest: Bool, size: Int64?, facts: TableFacts) -> [Finding] {
        guard let path = stat.path else { return [] }
        let commit = TableFacts.metaPath(instant.fileName.text)
        guard let size else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            // With an archive, the clean that deleted an older version may lie there.
            if facts.cleanedNames.contains(name) || !isLatest && (facts.hasArchive || facts.hasRestore) { return [] }
            return [Finding(.filesExist, at: path, instant: instant.time, "the file is missing; \(commit) names it, and no clean removed it")]
        }
        var findings: [Finding] = []
        if stat.fileSize != size {
            findings.append(Finding(.commitSizes, at: path, instant: instant.time, "\(size) bytes; \(commit) says \(stat.fileSize)"))
        } else if stat.writtenBytes != size, LogFileName(path.split(separator: "/").last.map(String.init) ?? path) == nil {
            findings.append(Finding(.commitSizes, at: path, instant: instant.time, "\(size) bytes; \(commit) says totalWriteBytes \(stat.writtenBytes)"))
        }
        return findings
    }

    /// Two files for one version of a group.
    static func duplicates(_ facts: TableFacts) -> [Finding] {
        struct Version: Hashable {
            let group: FileGroupID
            let instant: InstantTime
        }
        var seen: [Version: BaseFile] = [:]
        var findings: [Finding] = []
        for file in facts.files.baseFiles where facts.isCommitted(file.instant) {
            let version = Version(group: file.group, instant: file.instant)
            if let other = seen[version] {
                // The one that no commit names is the one to be looked at.
                let (extra, first) = facts.named[file.relativePath] != nil && facts.named[other.relativePath] == nil ? (other, file) : (file, other)
                findings.append(Finding(.oneBaseFile, at: extra.relativePath, instant: file.instant, "a second file of this version, beside \(first.relativePath)"))
            }
            seen[version] = seen[version] ?? file
        }
        return findings
    }

    /// Files of instants that are not the table's, and files that their commit does not name.
    ///
    /// - Parameter told: Files that were found wrong already.
    static func orphans(_ facts: TableFacts, besides told: Set<String> = []) -> [Finding] {
        var findings: [Finding] = []
        func judge(_ path: String, _ instant: InstantTime, isNamed: Bool) {
            if facts.isUnderway(instant) { return }
            guard facts.isCommitted(instant) else {
                let isData = facts.timeline.firstActive.map { instant < $0 } ?? false
                let effect = isData ? "; older than the first active instant, so that readers take it for data" : ""
                return findings.append(Finding(.orphanNoInstant, at: path, instant: instant, "the instant \(instant) is neither completed nor pending\(effect)"))
            }
            guard !isNamed, !told.contains(path), let commit = facts.commits[instant], commit.isDecoded else { return }
            findings.append(Finding(.orphanUnnamed, at: path, instant: instant, "the commit of the file's instant does not name it; readers take it for data"))
        }
        for file in facts.files.baseFiles { judge(file.relativePath, file.instant, isNamed: facts.named[file.relativePath] != nil) }
        // A change log belongs to the commit in its name, which may name it in another stat's change files.
        for log in facts.files.changeLogs { judge(log.relativePath, log.name.baseInstant, isNamed: true) }
        return findings
    }

    /// - Parameter name: Of an object that is neither data nor a side file.
    static func foreign(_ path: String) -> Finding {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let isData = !name.hasPrefix(".") && !name.hasPrefix("_") && BaseFileName.Format.allCases.contains { name.hasSuffix(".\($0.rawValue)") }
        if isData { return Finding(.baseName, at: path, "not <file ID>_<write token>_<instant>.parquet") }
        return Finding(.foreignFile, at: path, "neither a data file nor one of Hudi's")
    }

    /// A file ID is `<uuid>-<n>`: other forms are legal to readers, and no writer's.
    static func fileID(_ file: BaseFile) -> Finding? {
        let text = Array(file.fileID.text.utf8)
        let dashes = [8, 13, 18, 23, 36]
        func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        let isLegal = text.count > 37 && text.indices.allSatisfy { index in
            if dashes.contains(index) { return text[index] == UInt8(ascii: "-") }
            return index < 36 ? isHex(text[index]) : (0x30...0x39).contains(text[index])
        }
        return isLegal ? nil : Finding(.baseName, at: file.relativePath, instant: file.instant, "the file ID is no <uuid>-<n>: \(file.fileID)")
    }
}

extension TableFacts {
    var hasRestore: Bool { timeline.instants.contains { $0.action == .restore } }
}
