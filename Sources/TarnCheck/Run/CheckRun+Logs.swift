import TarnAvro
import TarnBase
import TarnColumns
import TarnTable

/// The steps that read log files.
extension CheckRun {
    /// What the steps find out about all logs together.
    private final class LogProgress {
        /// Logs that hold blocks of rows or deletes of committed instants.
        var committed: Set<String> = []
    }

    private static let headers: [Invariant] = [.logHasGroup, .logFrames, .rollbackTarget, .orphanNoInstant, .orphanUnnamed, .planCovers]
    private static let contents: [Invariant] = [.logBlockDecodes, .logMetaFields, .partitionMatches, .keysMatch, .rowCounts]

    func checkLogs(_ facts: TableFacts) {
        for plan in facts.plans { log.add(PlanInvariants.files(plan, facts)) }
        guard !facts.logsByGroup.isEmpty, options.wantsAny(Self.headers + Self.contents) else { return }
        guard facts.properties.type == .mergeOnRead else {
            return log.add(facts.files.logFiles.map { Finding(.unsupported, at: $0.relativePath, instant: $0.name.baseInstant, "a log file in a copy-on-write table is not judged") })
        }
        guard !facts.properties.isDowngraded else {
            return log.add(Finding(.unsupported, at: PropertiesInvariants.path, "logs written before a downgrade from version 8: their names do not tell their slices"))
        }
        let progress = LogProgress()
        let slices = facts.logsByGroup.sorted { ($0.key.group, $0.key.instant) < ($1.key.group, $1.key.instant) }
        then(
            { run in run.forEach(slices.indices) { run, index in await run.check(slices[index].value.sorted { $0.name < $1.name }, of: slices[index].key, facts, progress) } },
            { run in for plan in facts.plans { run.log.add(PlanInvariants.coverage(plan, logs: progress.committed, facts)) } })
    }

    private func check(_ files: [LogFile], of slice: GroupVersion, _ facts: TableFacts, _ progress: LogProgress) async {
        // The walk is a slice's: a rollback block in one file takes back blocks of another.
        guard !facts.laterInstants.contains(slice.instant) else { return }
        var logs = LogInvariants(facts, slice.group, slice.instant)
        for file in files {
            counts.files += 1
            counts.bytes += file.size
            var reader = LogReader(file, in: facts.table)
            var rows = LogRowInvariants(file, facts.properties)
            do {
                while let block = try await reader.next() {
                    log.add(logs.take(block, of: file))
                    if block.type != .command, facts.isCommitted(block.instant) { progress.committed.insert(file.relativePath) }
                    if options.wantsAny(Self.contents.filter(\.isDeep)) { await decode(block, of: file, facts, &rows) }
                }
            } catch {
                rows.isPartial = true
                addDamage(error, .logFrames, file)
            }
            for range in reader.corruptRanges { log.add(logs.passedOver(range, of: file)) }
            if reader.corruptRanges.isEmpty { log.add(rowCount(rows, file, facts)) }
        }
        log.add(logs.finish())
    }

    /// Decodes what a block holds, batch by batch.
    private func decode(_ block: LogBlock, of file: LogFile, _ facts: TableFacts, _ rows: inout LogRowInvariants) async {
        do {
            switch block.type {
            case .delete: _ = try await DeleteBlock.keys(of: block, in: facts.table.store)
            case .avroData, .parquetData, .hfileData:
                guard let text = block.header[.schema] else { return }
                let schema: Schema
                do { schema = try Schema(avro: AvroSchema(parsing: text)) } catch { throw TableError(.corrupt, "the block's schema: \(error)", offset: block.offset) }
                var content = try await DataBlock.open(block, as: schema, in: facts.table.store)
                while let batch = try await content.next() { log.add(rows.take(batch, of: block)) }
            case .command, .changeData, .corrupt: break
            }
        } catch {
            rows.isPartial = true
            addDamage(error, .logBlockDecodes, file)
        }
    }

    /// A stat counts the records of its commit's data blocks (in a file of several appends each is one commit's).
    private func rowCount(_ rows: LogRowInvariants, _ file: LogFile, _ facts: TableFacts) -> [Finding] {
        guard options.wantsAny(Self.contents.filter(\.isDeep)), !rows.isPartial, let named = facts.named[file.relativePath], facts.appends[file.relativePath]?.count == 1 else { return [] }
        let records = rows.records[named.instant] ?? 0
        guard records != named.writes else { return [] }
        return [Finding(.rowCounts, at: file.relativePath, instant: named.instant, "its blocks hold \(records) records; the commit says numWrites \(named.writes)")]
    }

    private func addDamage(_ error: any Error, _ invariant: Invariant, _ file: LogFile) {
        let fault = TableError(error)
        guard fault.code == .corrupt else { return log.addUnchecked(error, at: file.relativePath, instant: fault.instant ?? file.name.baseInstant) }
        log.add(Finding(invariant, at: file.relativePath, instant: fault.instant, fault.message + (fault.offset.map { ", at byte \($0)" } ?? "")))
    }
}

extension TableProperties {
    /// Whether the table was of a later version once: logs and requested files of then follow its rules.
    var isDowngraded: Bool { file["hoodie.table.initial.version"].map { $0 != "6" } ?? false }
}
