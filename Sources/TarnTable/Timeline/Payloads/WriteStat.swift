package import TarnBase

/// What a commit says about one file it wrote (format §3.2).
package struct WriteStat: Hashable, Sendable {
    /// The file group; empty in a workload profile, for inserts that have none yet.
    package var fileID: String
    /// Relative to the table: `<partition>/<file>`. nil in a workload profile only.
    package var path: String?
    /// The file version this one replaces, for a log file the base instant in its name; nil for a new file group. It is
    /// written as the string `"null"`.
    package var previousInstant: String?
    package var partitionPath: String?

    /// Rows in the file; for a log file, records in its data blocks.
    package var writes: Int64 = 0
    package var deletes: Int64 = 0
    package var updates: Int64 = 0
    package var inserts: Int64 = 0
    /// Rows that were refused although the commit went on: above 0, rows are missing.
    package var writeErrors: Int64 = 0
    package var writtenBytes: Int64 = 0
    /// Bytes on storage. Java builds listings from it without looking, so it is exact.
    package var fileSize: Int64 = 0

    package var compaction = CompactionCounts()
    package var minimumEventTime: Int64?
    package var maximumEventTime: Int64?
    package var durations: Durations?
    /// Change log files, with their sizes in bytes; nil without change logging.
    package var changeFiles: [FileLength]?
    /// Only for log files.
    package var logAppend: LogAppend?

    package init(
        fileID: String, path: String?, partitionPath: String?, previousInstant: String? = nil, writes: Int64 = 0,
        deletes: Int64 = 0, updates: Int64 = 0, inserts: Int64 = 0, fileSize: Int64 = 0
    ) {
        self.fileID = fileID
        self.path = path
        self.partitionPath = partitionPath
        self.previousInstant = previousInstant
        self.writes = writes
        self.deletes = deletes
        self.updates = updates
        self.inserts = inserts
        writtenBytes = fileSize
        self.fileSize = fileSize
    }

    /// What a compaction counted in the logs it folded in; zeros elsewhere.
    package struct CompactionCounts: Hashable, Sendable {
        package var logRecords: Int64 = 0
        package var logFiles: Int64 = 0
        package var logBytes: Int64 = 0
        package var updatedRecords: Int64 = 0
        package var logBlocks: Int64 = 0
        package var corruptLogBlocks: Int64 = 0
        package var rollbackBlocks: Int64 = 0

        package init() {}
    }

    /// In milliseconds.
    package struct Durations: Hashable, Sendable {
        package var scan: Int64
        package var upsert: Int64
        package var create: Int64

        package init(scan: Int64 = 0, upsert: Int64 = 0, create: Int64 = 0) {
            self.scan = scan
            self.upsert = upsert
            self.create = create
        }
    }

    /// What only stats of log files say.
    package struct LogAppend: Hashable, Sendable {
        package var version: Int64
        /// Where in the file the append begins.
        package var offset: Int64
        /// The name of the slice's base file; empty if it has none.
        package var baseFile: String
        /// The names of the slice's log files, the new one among them.
        package var logFiles: [String]
        /// Column statistics for the metadata table; `{"val":null}` without one.
        package var recordStatistics: JSON

        package init(
            version: Int64, offset: Int64, baseFile: String, logFiles: [String], recordStatistics: JSON = ["val": nil]
        ) {
            self.version = version
            self.offset = offset
            self.baseFile = baseFile
            self.logFiles = logFiles
            self.recordStatistics = recordStatistics
        }
    }
}

/// A file and how many bytes it has, or is said to have.
package struct FileLength: Hashable, Sendable {
    package var path: String
    package var byteCount: Int64

    package init(_ path: String, _ byteCount: Int64) {
        self.path = path
        self.byteCount = byteCount
    }
}
