import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// The steps that look for keys that are there twice.
extension CheckRun {
    /// The state of the search, kept from step to step.
    private final class KeySearch {
        let slices: [FileSlice]
        let facts: TableFacts
        let texts: KeyTexts
        /// Merges slices that have logs; nil where it cannot be done.
        let merging: FileSliceReader?
        var found: KeyUniqueness

        init(_ slices: [FileSlice], _ facts: TableFacts, merging: FileSliceReader?, keyCount: Int64, memory: ByteCount) {
            self.slices = slices
            self.facts = facts
            self.merging = merging
            texts = KeyTexts(facts.properties)
            found = KeyUniqueness(keyCount: keyCount, memory: memory, hash: KeyHash(seed: facts.table.runtime.random.next()))
        }

        static let keyColumn = Schema([Field(MetaFields.recordKey, .string)])

        /// The columns to read for the keys; nil: all, as those of nested keys are told from the file.
        private func keys(_ reader: BaseFileReader) -> Schema {
            if facts.properties.hasMetaFields { return Self.keyColumn }
            let names = texts.topLevelColumns
            return Schema(reader.schema.fields.filter { names.contains($0.name) })
        }

        private func column(_ batch: RecordBatch) -> Column? {
            if facts.properties.hasMetaFields { return batch[MetaFields.recordKey] }
            return texts.forms.last.flatMap { texts.recordKeys(batch, as: $0, isExact: false) }
        }

        /// Goes through the keys of a slice as readers see it, until `body` says that it has seen enough.
        ///
        /// - Returns: false where they cannot be told.
        func forEachKeys(of slice: FileSlice, _ body: (Column, _ firstRow: Int64) -> Bool) async throws -> Bool {
            if slice.logFiles.isEmpty, let file = slice.baseFile {
                let reader = try await BaseFileReader.open(file, in: facts.table)
                for try await chunk in reader.rows(as: keys(reader)) {
                    guard let keys = column(chunk.batch) else { return false }
                    if !body(keys, chunk.firstRow) { return true }
                }
                return true
            }
            guard let merging else { return false }
            var row: Int64 = 0
            for try await batch in merging.rows(of: slice) {
                guard let keys = batch[MetaFields.recordKey] else { return false }
                if !body(keys, row) { return true }
                row += Int64(batch.rowCount)
            }
            return true
        }

        func name(_ entry: KeyUniqueness.Entry) -> String { CheckRun.path(of: slices[Int(entry.file)]) }
    }

    /// What a slice is told by: its base file, or its newest log.
    private static func path(of slice: FileSlice) -> String { slice.baseFile?.relativePath ?? slice.logFiles.last?.relativePath ?? "." }

    /// - Parameter latest: The slices of the newest snapshot.
    func checkKeys(_ latest: [FileSlice], _ facts: TableFacts) {
        guard options.wants(.keysUnique) else { return }
        guard facts.properties.hasMetaFields || !facts.properties.recordKeyFields.isEmpty else { return }
        var merging: FileSliceReader?
        if latest.contains(where: { !$0.logFiles.isEmpty }), facts.properties.hasMetaFields, !facts.properties.isDowngraded {
            // Whose version of a row is right only Java can tell for some payload classes; which keys are there, anybody.
            let rule = (try? MergeRule(facts.properties)) ?? MergeRule(orderingField: nil, comparesWithStored: false)
            merging = try? FileSliceReader(
                facts.table, schema: KeySearch.keyColumn, of: facts.newestSchema ?? Schema([]), rule: rule, visibility: LogVisibility(facts.timeline),
                memory: MergeMemory(logs: options.keyMemory, scratch: ScratchSpace(runtime: facts.table.runtime)))
        }
        if merging == nil, latest.contains(where: { !$0.logFiles.isEmpty }) {
            log.add(Finding(.unsupported, at: PropertiesInvariants.path, "logs of such a table are not merged: record keys in slices with logs are not checked to be unique"))
        }
        let search = KeySearch(latest, facts, merging: merging, keyCount: counts.records, memory: options.keyMemory)
        forEach(0..<search.found.passCount) { run, pass in
            run.then({ run in run.forEach(latest.indices) { run, index in await run.addKeys(of: index, pass, search) } }, { run in await run.finishPass(search) })
        }
    }

    private func addKeys(of index: Int, _ pass: Int, _ search: KeySearch) async {
        let slice = search.slices[index]
        let path = Self.path(of: slice)
        do {
            let isTold = try await search.forEachKeys(of: slice) { keys, firstRow in
                search.found.add(keys, pass: pass, file: index, firstRow: firstRow)
                return true
            }
            if !isTold, slice.logFiles.isEmpty { log.add(Finding(.unsupported, at: path, instant: slice.baseInstant, "record keys cannot be told: they are not checked to be unique")) }
        } catch {
            // Damage was told when the file was read in full; here it means that keys are missing from the comparison.
            log.add(Finding(.unreadable, at: path, instant: slice.baseInstant, "its keys were not compared with others: \(TableError(error).message)"))
        }
    }

    private func finishPass(_ search: KeySearch) async {
        for duplicate in search.found.finishPass() {
            let first = search.slices[Int(duplicate.first.file)]
            let second = search.slices[Int(duplicate.second.file)]
            let key = await key(duplicate.first, search).map { "the key '\($0)'" } ?? "a key"
            let place = first == second ? "rows \(duplicate.first.row) and \(duplicate.second.row) of the file" : "\(search.name(duplicate.first)) and \(search.name(duplicate.second))"
            let more = duplicate.count > 1 ? ", as \(duplicate.count - 1) more" : ""
            log.add(
                Finding(
                    .keysUnique, at: search.name(duplicate.second), instant: second.baseInstant, "\(key) is in \(place)\(more)", severity: severity(first, second, search.facts)))
        }
    }

    private static let inserting: Set<WriteOperation> = [.insert, .insertPrepped, .bulkInsert, .bulkInsertPrepped, .insertOverwrite, .insertOverwriteTable, .cluster, .bootstrap]

    /// Tarn keeps a key unique in the whole table. Other engines may keep it unique in a partition only, and let inserts write
    /// keys twice that they do not look up.
    private func severity(_ first: FileSlice, _ second: FileSlice, _ facts: TableFacts) -> Severity {
        if facts.isWrittenByTarn { return .error }
        let isByInsert = [first, second].contains { slice in facts.commits[slice.baseInstant].map { Self.inserting.contains($0.operation) } ?? true }
        return first.partition != second.partition || isByInsert ? .warning : .error
    }

    private func key(_ entry: KeyUniqueness.Entry, _ search: KeySearch) async -> String? {
        var text: String?
        _ = try? await search.forEachKeys(of: search.slices[Int(entry.file)]) { keys, firstRow in
            let row = Int64(entry.row) - firstRow
            guard row >= 0, row < Int64(keys.count) else { return true }
            text = keys.text(at: Int(row))
            return false
        }
        return text
    }
}
