package import TarnBase
package import TarnStorage

/// A sound block of a log file: what its header says, and where its content lies.
package struct LogBlock: Sendable {
    package let type: LogBlockType
    package let header: LogBlockHeader
    /// The file, and where in it the block's magic stands.
    package let path: ObjectPath
    package let offset: Int64
    package let content: Range<Int64>
    /// The content, where reading the block brought it along.
    package internal(set) var contentBytes: Bytes?

    /// When it was written: the delta commit's instant, or a rollback's.
    package let instant: InstantTime

    /// The instant that a rollback block undoes.
    package let rolledBack: InstantTime?

    /// The instants whose blocks this one, written by a log compaction, stands for.
    package let compacted: [InstantTime]

    /// - Throws: ``TableError``: `corrupt` for a header without the instants it must have, `unsupported` for a command that
    ///   is not a rollback, a block of another version's features, or a data block in HFile format.
    init(
        type: LogBlockType, header: LogBlockHeader, path: ObjectPath, offset: Int64, content: Range<Int64>, contentBytes: Bytes?
    ) throws(TableError) {
        self.type = type
        self.header = header
        self.path = path
        self.offset = offset
        self.content = content
        self.contentBytes = contentBytes
        func instant(_ key: LogBlockHeader.Key, _ name: String) throws(TableError) -> InstantTime {
            guard let time = header[key].flatMap({ InstantTime($0) }) else {
                throw TableError(.corrupt, "a log block without \(name)", at: path, offset: offset)
            }
            return time
        }
        self.instant = try instant(.instantTime, "INSTANT_TIME")
        if header[.isPartial] == "true" {
            throw TableError(.unsupported, "log blocks with parts of rows cannot be read", at: path, offset: offset)
        }
        if type == .command {
            guard header[.commandBlockType] == "0" else {
                throw TableError(.unsupported, "a command block of type \(header[.commandBlockType] ?? "(none)")", at: path, offset: offset)
            }
            rolledBack = try instant(.targetInstantTime, "TARGET_INSTANT_TIME")
        } else {
            rolledBack = nil
        }
        var compacted: [InstantTime] = []
        for text in (header[.compactedBlockTimes] ?? "").split(separator: ",") {
            guard let time = InstantTime(text) else {
                throw TableError(.corrupt, "COMPACTED_BLOCK_TIMES names '\(text)'", at: path, offset: offset)
            }
            compacted.append(time)
        }
        self.compacted = compacted
    }

    func fault(_ code: TableError.Code, _ message: String) -> TableError {
        TableError(code, message, at: path, offset: offset, instant: instant)
    }
}

extension [LogBlock] {
    /// What contents take that came along with their headers.
    var keptByteCount: Int { reduce(0) { $0 + ($1.contentBytes?.count ?? 0) } }
}
