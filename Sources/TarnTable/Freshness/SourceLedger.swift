package import TarnBase

/// Which source events a table has: the whole ledger after a commit, kept in its extra metadata (freshness.md §1).
///
/// A value with pure functions; whoever commits takes the newest commit's ledger, calls ``startingCommit()``, records what
/// the commit takes in, and stores ``text``.
package struct SourceLedger: Hashable, Sendable {
    /// The extra-metadata key it is kept under.
    package static let key = "tarn.sources"
    /// How many finished files are remembered by name.
    package static let rememberedFiles = 256

    /// Where one source partition, or one unfinished file, stands.
    package struct Partition: Hashable, Sendable {
        /// The first offset not yet committed.
        package var next: Int64
        /// Events of this commit; 0 if none.
        package var rows: Int64
        /// Event times of this commit's first and last event, in milliseconds since 1970 UTC; nil if none.
        package var firstEventMilliseconds: Int64?
        package var lastEventMilliseconds: Int64?
        /// The largest event time ever committed.
        package var maximumEventMilliseconds: Int64?
        /// The time of the commit that last moved `next`.
        package var movedAtMilliseconds: Int64?

        package init(
            next: Int64, rows: Int64 = 0, firstEventMilliseconds: Int64? = nil, lastEventMilliseconds: Int64? = nil,
            maximumEventMilliseconds: Int64? = nil, movedAtMilliseconds: Int64? = nil
        ) {
            self.next = next
            self.rows = rows
            self.firstEventMilliseconds = firstEventMilliseconds
            self.lastEventMilliseconds = lastEventMilliseconds
            self.maximumEventMilliseconds = maximumEventMilliseconds
            self.movedAtMilliseconds = movedAtMilliseconds
        }
    }

    /// A plain file whose last line is committed.
    package struct File: Hashable, Sendable {
        /// XXH64 of the content in hexadecimal, `-`, its bytes.
        package let id: String
        package let rows: Int64
        package let maximumEventMilliseconds: Int64?
        /// The time of the commit that took its last line.
        package let atMilliseconds: Int64

        package init(id: String, rows: Int64, maximumEventMilliseconds: Int64?, atMilliseconds: Int64) {
            self.id = id
            self.rows = rows
            self.maximumEventMilliseconds = maximumEventMilliseconds
            self.atMilliseconds = atMilliseconds
        }
    }

    /// What a commit takes from one partition, in the order of its events.
    package struct Progress: Hashable, Sendable {
        /// The offset after the last event taken.
        package let next: Int64
        package let rows: Int64
        package let firstEventMilliseconds: Int64?
        package let lastEventMilliseconds: Int64?
        package let maximumEventMilliseconds: Int64?

        package init(
            next: Int64, rows: Int64, firstEventMilliseconds: Int64?, lastEventMilliseconds: Int64?, maximumEventMilliseconds: Int64?
        ) {
            self.next = next
            self.rows = rows
            self.firstEventMilliseconds = firstEventMilliseconds
            self.lastEventMilliseconds = lastEventMilliseconds
            self.maximumEventMilliseconds = maximumEventMilliseconds
        }
    }

    /// By `<source>/<partition>`; an unfinished file stands here too.
    package private(set) var partitions: [String: Partition] = [:]
    /// How many files were ever finished.
    package private(set) var finishedFileCount: Int64 = 0
    /// The newest finished files, oldest first, at most ``rememberedFiles``.
    package private(set) var recentFiles: [File] = []

    package init() {}

    /// The name of a source's partition in the ledger.
    package static func name(source: String, partition: some BinaryInteger) -> String { "\(source)/\(partition)" }

    package func finishedFile(_ id: String) -> File? { recentFiles.last { $0.id == id } }

    /// The smallest, over the partitions, of the largest event time committed: everything older has arrived, as far as each
    /// partition is in order. nil without partitions, and when one of them has no event time.
    package var watermarkMilliseconds: Int64? {
        let times = partitions.values.map(\.maximumEventMilliseconds)
        return times.contains(nil) ? nil : times.compactMap { $0 }.min()
    }
}

// MARK: - What commits do to it

extension SourceLedger {
    /// The ledger as a new commit begins: what described the last commit's events is cleared.
    package func startingCommit() -> SourceLedger {
        var ledger = self
        for name in partitions.keys {
            ledger.partitions[name]?.rows = 0
            ledger.partitions[name]?.firstEventMilliseconds = nil
            ledger.partitions[name]?.lastEventMilliseconds = nil
        }
        return ledger
    }

    /// Records what this commit takes from a partition; may be called several times a commit.
    ///
    /// - Parameter now: The commit's time, in milliseconds since 1970 UTC; kept if `next` moves.
    package mutating func advance(_ name: String, by progress: Progress, at now: Int64) {
        var partition = partitions[name] ?? Partition(next: progress.next)
        if partitions[name] == nil || partition.next != progress.next { partition.movedAtMilliseconds = now }
        partition.next = progress.next
        partition.rows += progress.rows
        partition.firstEventMilliseconds = partition.firstEventMilliseconds ?? progress.firstEventMilliseconds
        partition.lastEventMilliseconds = progress.lastEventMilliseconds ?? partition.lastEventMilliseconds
        partition.maximumEventMilliseconds = [partition.maximumEventMilliseconds, progress.maximumEventMilliseconds].compactMap { $0 }.max()
        partitions[name] = partition
    }

    /// Records that this commit takes the last line of a file: its entry under the partitions, if it has one, moves over.
    package mutating func finish(_ file: File, unfinishedAs name: String) {
        let known = partitions.removeValue(forKey: name)
        let maximum = [known?.maximumEventMilliseconds, file.maximumEventMilliseconds].compactMap { $0 }.max()
        recentFiles.append(File(id: file.id, rows: file.rows, maximumEventMilliseconds: maximum, atMilliseconds: file.atMilliseconds))
        recentFiles.removeFirst(max(0, recentFiles.count - Self.rememberedFiles))
        finishedFileCount += 1
    }
}

// MARK: - Written form

extension SourceLedger {
    private static let version: Int64 = 1

    package var json: JSON {
        func optional(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
        return [
            "version": .int(Self.version),
            "partitions": .object(
                partitions.sorted { $0.key < $1.key }.map { name, partition in
                    JSON.Member(
                        name,
                        [
                            "next": .int(partition.next), "rows": .int(partition.rows),
                            "first_event_ms": optional(partition.firstEventMilliseconds),
                            "last_event_ms": optional(partition.lastEventMilliseconds),
                            "max_event_ms": optional(partition.maximumEventMilliseconds),
                            "moved_at_ms": optional(partition.movedAtMilliseconds),
                        ])
                }),
            "files": [
                "count": .int(finishedFileCount),
                "recent": .array(
                    recentFiles.map { file in
                        [
                            "id": .string(file.id), "rows": .int(file.rows), "max_event_ms": optional(file.maximumEventMilliseconds),
                            "at_ms": .int(file.atMilliseconds),
                        ]
                    }),
            ],
        ]
    }

    package var text: String { json.description }

    /// - Throws: ``TableError``: `unsupported` for a ledger of a later version, `corrupt` for what is none.
    package init(parsing text: String) throws(TableError) {
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw TableError(error) }
        func required(_ value: JSON, _ name: String) throws(TableError) -> Int64 {
            guard let number = value[name]?.intValue else { throw TableError(.corrupt, "the source ledger has no number \(name)") }
            return number
        }
        let version = try required(json, "version")
        guard version == Self.version else { throw TableError(.unsupported, "the source ledger has version \(version)") }
        guard let partitions = json["partitions"]?.objectValue else { throw TableError(.corrupt, "the source ledger has no partitions") }
        for member in partitions {
            self.partitions[member.name] = Partition(
                next: try required(member.value, "next"), rows: try required(member.value, "rows"),
                firstEventMilliseconds: member.value["first_event_ms"]?.intValue,
                lastEventMilliseconds: member.value["last_event_ms"]?.intValue,
                maximumEventMilliseconds: member.value["max_event_ms"]?.intValue,
                movedAtMilliseconds: member.value["moved_at_ms"]?.intValue)
        }
        guard let files = json["files"] else { return }
        finishedFileCount = try required(files, "count")
        for file in files["recent"]?.arrayValue ?? [] {
            guard let id = file["id"]?.stringValue else { throw TableError(.corrupt, "a file of the source ledger has no id") }
            recentFiles.append(
                File(
                    id: id, rows: try required(file, "rows"), maximumEventMilliseconds: file["max_event_ms"]?.intValue,
                    atMilliseconds: try required(file, "at_ms")))
        }
        recentFiles.removeFirst(max(0, recentFiles.count - Self.rememberedFiles))
    }
}
