package import TarnStorage

/// A base file that lies in a table's folder.
package struct BaseFile: Hashable, Sendable {
    package let partition: PartitionPath
    package let name: BaseFileName
    package let size: Int64
    package let modifiedMilliseconds: Int64

    package init(partition: PartitionPath, name: BaseFileName, size: Int64, modifiedMilliseconds: Int64 = 0) {
        self.partition = partition
        self.name = name
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
    }

    package var fileID: FileID { name.fileID }
    package var instant: InstantTime { name.instant }
    package var group: FileGroupID { FileGroupID(partition, name.fileID) }
    /// Relative to the table, as write stats spell it.
    package var relativePath: String { partition.text.isEmpty ? name.text : "\(partition)/\(name)" }
    package func path(in table: TableHandle) -> ObjectPath { table.path.appending(relativePath) }
}

/// A log file that lies in a table's folder.
package struct LogFile: Hashable, Sendable {
    package let partition: PartitionPath
    package let name: LogFileName
    package let size: Int64
    package let modifiedMilliseconds: Int64

    package init(partition: PartitionPath, name: LogFileName, size: Int64, modifiedMilliseconds: Int64 = 0) {
        self.partition = partition
        self.name = name
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
    }

    package var group: FileGroupID { FileGroupID(partition, name.fileID) }
    package var relativePath: String { partition.text.isEmpty ? name.text : "\(partition)/\(name)" }
    package func path(in table: TableHandle) -> ObjectPath { table.path.appending(relativePath) }
}

/// The files that together hold one version of a file group: at most one base file, and the log files written on top of
/// it.
///
///     base file     c41b…-0_0-12-30_20260110080000000.parquet        written by a commit
///     log files    .c41b…-0_20260110080000000.log.1_0-15-41          written by later delta commits
///
/// In version 6 a log file's name carries the base file's instant, which decides its slice. ``SliceSelection`` knows that;
/// nothing else should.
///
/// Invariants, established by ``SliceSelection``:
///
/// 1. All files carry the slice's file ID and lie in its partition.
/// 2. Its base instant counts as committed on the timeline it was selected from, or is that of a pending compaction.
/// 3. Log files are in the merge order of the table's version.
/// 4. A slice without a base file has at least one log file.
///
/// A slice says which files count, not which records survive: a command block inside a log file may cancel an earlier one.
package struct FileSlice: Hashable, Sendable {
    package let partition: PartitionPath
    package let fileID: FileID
    /// What the slice is ordered by among the versions of its group.
    package let baseInstant: InstantTime
    package let baseFile: BaseFile?
    package let logFiles: [LogFile]

    package init(partition: PartitionPath, fileID: FileID, baseInstant: InstantTime, baseFile: BaseFile?, logFiles: [LogFile] = []) {
        precondition(baseFile != nil || !logFiles.isEmpty, "a slice without files")
        assert(baseFile.map { $0.partition == partition && $0.fileID == fileID } ?? true)
        assert(logFiles.allSatisfy { $0.partition == partition && $0.name.fileID == fileID })
        self.partition = partition
        self.fileID = fileID
        self.baseInstant = baseInstant
        self.baseFile = baseFile
        self.logFiles = logFiles
    }

    package var group: FileGroupID { FileGroupID(partition, fileID) }
    package var logBytes: Int64 { logFiles.reduce(0) { $0 + $1.size } }
    /// Bytes of all its files.
    package var size: Int64 { (baseFile?.size ?? 0) + logBytes }
}

/// All versions of a file group that count, newest first; never empty.
package struct FileGroup: Hashable, Sendable {
    package let id: FileGroupID
    package let slices: [FileSlice]

    package init(_ id: FileGroupID, slices: [FileSlice]) {
        precondition(!slices.isEmpty)
        self.id = id
        self.slices = slices
    }

    package var latest: FileSlice { slices[0] }
}
