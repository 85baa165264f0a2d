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
        let selection = SliceSelection(timeline: facts.timeline, replaced: facts.replaced, pendingCompactions: facts.pendingCompactions)
        var latestFiles = facts.files
        latestFiles.baseFiles = files
        let latest = selection.latestSlices(of: latestFiles)
        counts.fileGroups = latest.count
        let isLatest = Set(latest.compactMap(\.baseFile))
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
}
