import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable

/// The steps that read completed commits, and compare what they say with what is stored.
extension CheckRun {
    /// What is kept from commit to commit.
    private struct Progress {
        var commits: CommitInvariants
        var schemas = CommitSchemaInvariants()
        var ledger = LedgerInvariants()
        /// The files that commits name, with their groups.
        var stats: [(instant: Instant, stat: WriteStat, group: FileGroupID?)] = []
    }

    func checkCommits(_ listed: TableFacts) async {
        var facts = listed
        var progress = Progress(commits: CommitInvariants(facts))
        for instant in facts.timeline.completedWrites { await take(instant, &facts, &progress) }
        if let schema = facts.newestSchema ?? CheckRun.createSchema(facts.properties) { log.add(PropertiesInvariants.check(facts.properties, columns: schema)) }

        for (instant, stat, group) in progress.stats {
            let isLatest = group.map { progress.commits.newestWriter(of: $0) == instant.time && facts.replaced[$0].map { $0 <= instant.time } ?? true } ?? true
            let findings = FileInvariants.check(stat, of: instant, isLatest: isLatest, size: stat.path.flatMap { facts.sizes[$0] }, facts: facts)
            // A clean that ran while the table was listed may have removed files that were there before.
            if !facts.laterInstants.isEmpty, let missing = findings.first(where: { $0.invariant == .filesExist }) {
                log.add(Finding(.unreadable, at: missing.path, instant: instant.time, "the file is not there; a writer worked while the table was checked"))
            } else {
                log.add(findings)
            }
        }
        let duplicates = FileInvariants.duplicates(facts)
        log.add(duplicates)
        log.add(FileInvariants.orphans(facts, besides: Set(duplicates.map(\.path))))
        log.add(facts.files.others.map { FileInvariants.foreign(facts.relative($0.path)) })
        log.add(facts.files.baseFiles.compactMap(FileInvariants.fileID))
        log.add(PartitionInvariants.check(facts))
        let done = facts
        then(
            { run in await run.checkPartitionFiles(done) },
            { run in run.checkLogs(done) },
            { run in run.checkBaseFiles(done) },
            { run in run.checkChangeLogs(done) },
            { run in run.checkSideFiles(done) })
    }

    private func take(_ instant: Instant, _ facts: inout TableFacts, _ progress: inout Progress) async {
        let name = InstantFileName(instant.time, instant.action, .completed)
        guard let bytes = await payload(Timeline.File(name: name, size: instant.size, modifiedMilliseconds: 0), facts) else {
            facts.commits[instant.time] = TableFacts.CommitFacts(operation: .unknown, columns: nil, isDecoded: false)
            return progress.commits.skip(instant)
        }
        let (content, findings) = PayloadInvariants.check(name, bytes)
        log.add(findings)
        guard case .commit(let metadata, let json) = content else {
            facts.commits[instant.time] = TableFacts.CommitFacts(operation: .unknown, columns: nil, isDecoded: false)
            progress.commits.skip(instant)
            return
        }
        log.add(progress.commits.check(instant, metadata, json))
        let (columns, problems) = progress.schemas.check(instant, metadata)
        log.add(problems)
        log.add(progress.ledger.check(instant, metadata))
        log.add(RewriteInvariants.rowsOut(instant, metadata, facts))
        facts.commits[instant.time] = TableFacts.CommitFacts(operation: metadata.operation, columns: columns, isDecoded: true)
        if metadata.operation.carriesTableSchema, let columns { facts.newestSchema = columns.schema }
        if LedgerInvariants.isTarns(metadata) { facts.isWrittenByTarn = true }
        for partition in metadata.replacedGroups ?? [] {
            for id in partition.fileIDs {
                if let group = FileGroupID(partition: partition.partitionPath, fileID: id) { facts.replaced[group] = instant.time }
            }
        }
        for partition in metadata.partitions {
            for stat in partition.stats {
                let group = FileGroupID(partition: partition.partitionPath, fileID: stat.fileID)
                progress.stats.append((instant, stat, group))
                note(stat, group, of: instant, &facts)
                for file in stat.changeFiles ?? [] where facts.sizes[file.path] != file.byteCount {
                    let message = facts.sizes[file.path].map { "\($0) bytes; the commit says \(file.byteCount)" } ?? "the change log is missing"
                    guard facts.sizes[file.path] != nil || !facts.cleanedNames.contains(TableFacts.lastName(file.path)) && !facts.hasArchive else { continue }
                    log.add(Finding(facts.sizes[file.path] == nil ? .filesExist : .commitSizes, at: file.path, instant: instant.time, message))
                }
            }
        }
    }

    private func note(_ stat: WriteStat, _ group: FileGroupID?, of instant: Instant, _ facts: inout TableFacts) {
        guard let path = stat.path else { return }
        let log = LogFileName(TableFacts.lastName(path))
        facts.named[path] = TableFacts.NamedFile(instant: instant.time, writes: stat.writes, group: group, isLog: log != nil)
        guard let log else { return }
        let begin = max(0, stat.logAppend?.offset ?? 0)
        if begin < stat.fileSize { facts.appends[path, default: []].append(begin..<stat.fileSize) }
        if let group, log.baseInstant == instant.time { facts.logsBegun.insert(GroupVersion(group: group, instant: instant.time)) }
    }

    private static func createSchema(_ properties: TableProperties) -> Schema? {
        properties.createSchema.flatMap { try? TableSchema.columns(avro: $0) }
    }

    // MARK: Partitions

    func checkPartitionFiles(_ facts: TableFacts) async {
        for partition in facts.files.markedPartitions {
            let path = PartitionInvariants.file(of: partition)
            do {
                if let size = facts.sizes[path] {
                    let metadata = try PartitionMetadata(parsing: try await read(facts.table, facts.table.path.appending(path), size: size))
                    log.add(PartitionInvariants.check(metadata, of: partition, at: path))
                } else if let size = facts.sizes[path + ".parquet"] {
                    let reader = try await BaseFileReader.open(facts.table.path.appending(path + ".parquet"), size: size, in: facts.table.store)
                    let keys = JavaProperties(["commitTime", "partitionDepth"].compactMap { key in reader.metadata.keyValue(key).map { (key, $0) } })
                    let metadata = try PartitionMetadata(parsing: keys.text(comment: "", now: 0))
                    log.add(PartitionInvariants.check(metadata, of: partition, at: path + ".parquet"))
                } else {
                    log.add(Finding(.unsupported, at: path + ".orc", "partition metadata in ORC files is not read"))
                }
            } catch {
                let fault = TableError(error)
                if fault.code == .corrupt { log.add(Finding(.partitionMetadata, at: path, fault.message)) } else { log.addUnchecked(error, at: path) }
            }
        }
    }

    // MARK: Change logs

    func checkChangeLogs(_ facts: TableFacts) {
        guard options.wants(.changeLogBlocks) else { return }
        let logs = facts.files.changeLogs.filter { facts.isCommitted($0.name.baseInstant) && !facts.isUnderway($0.name.baseInstant) }
        forEach(logs.indices) { run, index in
            let log = logs[index]
            do {
                let bytes = try await run.read(facts.table, log.path(in: facts.table), size: log.size)
                try AvroLogFile.forEachRecord(of: bytes, types: [.changeData]) { _ in }
            } catch {
                let fault = TableError(error)
                guard fault.code == .corrupt else { return run.log.addUnchecked(error, at: log.relativePath, instant: log.name.baseInstant) }
                let place = fault.offset.map { ", at byte \($0)" } ?? ""
                run.log.add(Finding(.changeLogBlocks, at: log.relativePath, instant: log.name.baseInstant, fault.message + place))
            }
        }
    }

    // MARK: Side files

    /// Without a deep check data files are not read for their side files; only the lengths are compared then.
    func checkSideFiles(_ facts: TableFacts) {
        guard options.wants(.sideFileStale) else { return }
        let files = facts.sideFiles
        forEach(files.indices) { run, index in await run.checkSideFile(files[index], facts) }
    }

    private func checkSideFile(_ file: (path: String, size: Int64), _ facts: TableFacts) async {
        let name = TableFacts.lastName(file.path)
        let target = String(file.path.dropLast(name.count)) + String(name.dropFirst().dropLast(".crc".count))
        guard let size = facts.sizes[target] else { return }
        func stale(_ message: String) { log.add(Finding(.sideFileStale, at: file.path, "\(message): Hadoop refuses to read \(target)")) }
        do {
            let bytes = try await read(facts.table, facts.table.path.appending(file.path), size: file.size)
            guard let side = SideFile(bytes) else { return stale("not a checksum file") }
            guard side.fits(byteCount: size) else { return stale("made for a file of another length") }
            guard options.isDeep || target.hasPrefix(".hoodie/") || size <= 4096 else { return }
            let path = facts.table.path.appending(target)
            var offset: Int64 = 0
            while offset < size {
                let end = min(size, offset + Int64(side.windowByteCount))
                guard side.fits(try await facts.table.store.get(path, ranges: [offset..<end])[0], from: offset) else { return stale("made for other content") }
                offset = end
            }
        } catch {
            log.addUnchecked(error, at: file.path)
        }
    }
}
