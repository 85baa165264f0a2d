import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// The steps that read base files.
extension CheckRun {
    private static let footers: [Invariant] = [.footerDecodes, .footerEntries, .rowCounts, .commitSchema]
    private static let rows: [Invariant] = [.basePages, .baseRowCount, .metaFields, .bloomCovers, .keyRange, .statisticsBound, .keysMatch]

    func checkBaseFiles(_ facts: TableFacts) {
        let files = facts.files.baseFiles.filter { facts.isCommitted($0.instant) && !facts.isUnderway($0.instant) }
        let selection = SliceSelection(timeline: facts.timeline, replaced: facts.replaced)
        var latestFiles = facts.files
        latestFiles.baseFiles = files
        let latest = selection.latestBaseFiles(of: latestFiles)
        counts.fileGroups = latest.count
        let isLatest = Set(latest)
        let readsRows = options.wantsAny(Self.rows)
        let forms = KeyForms()
        guard options.wantsAny(Self.footers + Self.rows + [.keysUnique]) else { return }
        forEach(files.indices) { run, index in
            await run.checkBaseFile(files[index], isLatest: isLatest.contains(files[index]), readsRows: readsRows, forms, facts)
        }
        then({ run in run.report(forms) }, { run in run.checkKeys(latest, facts) })
    }

    /// How the table's complex one-column keys are spelled, and the first file with each spelling.
    final class KeyForms {
        var files: [KeyTexts.Form: BaseFile] = [:]
    }

    private func report(_ forms: KeyForms) {
        guard let bare = forms.files[.bare], let named = forms.files[.named] else { return }
        log.add(
            Finding(
                .keysMatch, at: bare.relativePath, instant: bare.instant,
                "keys are spelled as the bare value here, and as <field>:<value> in \(named.relativePath): an upsert finds only one of them"))
    }

    private func checkBaseFile(_ file: BaseFile, isLatest: Bool, readsRows: Bool, _ forms: KeyForms, _ facts: TableFacts) async {
        let reader: BaseFileReader
        do { reader = try await BaseFileReader.open(file, in: facts.table) } catch {
            return addDamage(error, .footerDecodes, file)
        }
        counts.files += 1
        counts.bytes += file.size
        // What a damaged footer says may be any number.
        if isLatest { counts.records = min(counts.records, .max - reader.rowCount) + reader.rowCount }
        log.add(
            FooterInvariants(
                file: file, reader: reader, properties: facts.properties, commitColumns: facts.commits[file.instant]?.columns, named: facts.named[file.relativePath]
            ).check())
        guard readsRows else { return }
        var rows = RowInvariants(file: file, reader: reader, properties: facts.properties, isCommitted: facts.isCommitted)
        do {
            for try await chunk in reader.rows(options: ScanOptions(batchRows: 8192, verifyChecksums: true)) { log.add(rows.take(chunk)) }
            log.add(rows.finish())
            if let seen = rows.differingKeyRange { try await checkKeyRange(reader, file, seen) }
        } catch {
            addDamage(error, .basePages, file)
        }
        // With one form only, there is nothing to compare.
        if KeyTexts(facts.properties).forms.count > 1 { for form in rows.keyForms where forms.files[form] == nil { forms.files[form] = file } }
    }

    /// What a file is damaged by is a breach; what a store does not give is a part not checked.
    private func addDamage(_ error: any Error, _ invariant: Invariant, _ file: BaseFile) {
        let fault = TableError(error)
        guard fault.code == .corrupt else { return log.addUnchecked(error, at: file.relativePath, instant: file.instant) }
        log.add(Finding(invariant, at: file.relativePath, instant: file.instant, fault.message + (fault.offset.map { ", at byte \($0)" } ?? "")))
    }

    /// The footer's bounds are not those by bytes: Java's writer orders by UTF-16 units, which its keys alone can tell.
    private func checkKeyRange(_ reader: BaseFileReader, _ file: BaseFile, _ seen: (least: String, greatest: String)) async throws {
        var range: (least: Cell, greatest: Cell)?
        for try await chunk in reader.rows(as: Schema([Field(MetaFields.recordKey, .string)])) {
            guard let (least, greatest) = chunk.batch.columns[0].minMaxByUTF16() else { continue }
            func isLess(_ left: Cell, _ right: Cell) -> Bool {
                guard case .text(let l) = left, case .text(let r) = right else { return false }
                return l.withUnsafeBytes { l in r.withUnsafeBytes { Column.isLessByUTF16(l, $0) } }
            }
            range = range.map { (isLess(least, $0.least) ? least : $0.least, isLess($0.greatest, greatest) ? greatest : $0.greatest) } ?? (least, greatest)
        }
        guard let said = reader.recordKeyRange, let range, range.least != .text(Bytes(said.least)) || range.greatest != .text(Bytes(said.greatest)) else { return }
        log.add(
            Finding(
                .keyRange, at: file.relativePath, instant: file.instant,
                "the footer says '\(said.least)' to '\(said.greatest)', the keys are '\(seen.least)' to '\(seen.greatest)'"))
    }

    // MARK: Unique keys

    /// The state of the search, kept from step to step.
    private final class KeySearch {
        let files: [BaseFile]
        let facts: TableFacts
        let texts: KeyTexts
        var found: KeyUniqueness

        init(_ files: [BaseFile], _ facts: TableFacts, keyCount: Int64, memory: ByteCount) {
            self.files = files
            self.facts = facts
            texts = KeyTexts(facts.properties)
            found = KeyUniqueness(keyCount: keyCount, memory: memory, hash: KeyHash(seed: facts.table.runtime.random.next()))
        }

        /// The columns to read for the keys; nil: all, as those of nested keys are told from the file.
        func keys(_ reader: BaseFileReader) -> Schema {
            if facts.properties.hasMetaFields { return Schema([Field(MetaFields.recordKey, .string)]) }
            let names = texts.topLevelColumns
            return Schema(reader.schema.fields.filter { names.contains($0.name) })
        }

        func column(_ batch: RecordBatch) -> Column? {
            if facts.properties.hasMetaFields { return batch[MetaFields.recordKey] }
            return texts.forms.last.flatMap { texts.recordKeys(batch, as: $0, isExact: false) }
        }
    }

    func checkKeys(_ latest: [BaseFile], _ facts: TableFacts) {
        guard options.wants(.keysUnique) else { return }
        guard facts.properties.hasMetaFields || !facts.properties.recordKeyFields.isEmpty else { return }
        let search = KeySearch(latest, facts, keyCount: counts.records, memory: options.keyMemory)
        forEach(0..<search.found.passCount) { run, pass in
            run.then({ run in run.forEach(latest.indices) { run, index in await run.addKeys(of: index, pass, search) } }, { run in await run.finishPass(search) })
        }
    }

    private func addKeys(of index: Int, _ pass: Int, _ search: KeySearch) async {
        let file = search.files[index]
        do {
            let reader = try await BaseFileReader.open(file, in: search.facts.table)
            for try await chunk in reader.rows(as: search.keys(reader)) {
                guard let keys = search.column(chunk.batch) else {
                    return log.add(Finding(.unsupported, at: file.relativePath, instant: file.instant, "record keys cannot be told from the columns: they are not checked to be unique"))
                }
                search.found.add(keys, pass: pass, file: index, firstRow: chunk.firstRow)
            }
        } catch {
            // Damage was told when the file was read in full; here it means that keys are missing from the comparison.
            log.add(Finding(.unreadable, at: file.relativePath, instant: file.instant, "its keys were not compared with others: \(TableError(error).message)"))
        }
    }

    private func finishPass(_ search: KeySearch) async {
        for duplicate in search.found.finishPass() {
            let first = search.files[Int(duplicate.first.file)]
            let second = search.files[Int(duplicate.second.file)]
            let key = await key(duplicate.first, search).map { "the key '\($0)'" } ?? "a key"
            let place = first == second ? "rows \(duplicate.first.row) and \(duplicate.second.row) of the file" : "\(first.relativePath) and \(second.relativePath)"
            let more = duplicate.count > 1 ? ", as \(duplicate.count - 1) more" : ""
            log.add(
                Finding(.keysUnique, at: second.relativePath, instant: second.instant, "\(key) is in \(place)\(more)", severity: severity(first, second, search.facts)))
        }
    }

    private static let inserting: Set<WriteOperation> = [.insert, .insertPrepped, .bulkInsert, .bulkInsertPrepped, .insertOverwrite, .insertOverwriteTable, .cluster, .bootstrap]

    /// Tarn keeps a key unique in the whole table. Other engines may keep it unique in a partition only, and let inserts write
    /// keys twice that they do not look up.
    private func severity(_ first: BaseFile, _ second: BaseFile, _ facts: TableFacts) -> Severity {
        if facts.isWrittenByTarn { return .error }
        let isByInsert = [first, second].contains { file in facts.commits[file.instant].map { Self.inserting.contains($0.operation) } ?? true }
        return first.partition != second.partition || isByInsert ? .warning : .error
    }

    private func key(_ entry: KeyUniqueness.Entry, _ search: KeySearch) async -> String? {
        guard let reader = try? await BaseFileReader.open(search.files[Int(entry.file)], in: search.facts.table) else { return nil }
        do {
            for try await chunk in reader.rows(as: search.keys(reader)) {
                let row = Int64(entry.row) - chunk.firstRow
                guard row >= 0, row < Int64(chunk.batch.rowCount) else { continue }
                return search.column(chunk.batch)?.text(at: Int(row))
            }
        } catch { return nil }
        return nil
    }
}
