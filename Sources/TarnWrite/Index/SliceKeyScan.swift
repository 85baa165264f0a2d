import TarnAvro
import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// Finds keys in whole file slices: in base files, and in what their logs make of them.
///
/// A slice without logs is looked through as ``TableKeyScan`` does. Of one with logs every row that a snapshot shows is found,
/// with the ordering value it has there, wherever it was logged; keys whose rows the logs delete are not.
///
/// Memory: ``KeyDirectory``'s entries once more, for the slice in hand. Cost: that of ``TableKeyScan``; and for each log file a
/// request for its headers, and another for each of its blocks that the first did not bring along.
final class SliceKeyScan {
    private let table: TableHandle
    private let slices: [FileSlice]
    private let plain: TableKeyScan
    /// For each file of `plain` its slice.
    private let plainSlices: [Int]
    private let logged: [(slice: Int, base: TableKeyScan?)]
    private let rule: MergeRule
    private let visibility: LogVisibility
    private let columns: Schema
    private let orderingField: Field?
    private let deleteMark: String?
    private let hash: KeyHash
    private let keptContentBytes: Int

    /// - Parameters:
    ///   - sought: At least the keys of all directories that will be looked for.
    ///   - schema: The table's columns.
    init(
        _ table: TableHandle, slices: [FileSlice], sought: SoughtKeys, hash: KeyHash, schema: Schema, rule: MergeRule,
        visibility: LogVisibility, memory: MemoryPlan, concurrency: Int
    ) {
        self.table = table
        self.slices = slices
        self.rule = rule
        self.visibility = visibility
        self.hash = hash
        keptContentBytes = memory.keySpan
        orderingField = rule.orderingField.flatMap { schema[$0] }
        deleteMark = schema[MetaFields.deleteMark].flatMap { $0.type == .boolean ? $0.name : nil }
        columns = Schema([Field(MetaFields.recordKey, .string)] + [orderingField, deleteMark.flatMap { schema[$0] }].compactMap { $0 })
        func scan(_ files: [BaseFile]) -> TableKeyScan {
            TableKeyScan(table, files: files, sought: sought, hash: hash, orderingField: rule.orderingField, memory: memory, concurrency: concurrency)
        }
        plainSlices = slices.indices.filter { slices[$0].logFiles.isEmpty }
        plain = scan(plainSlices.compactMap { slices[$0].baseFile })
        logged = slices.indices.filter { !slices[$0].logFiles.isEmpty }.map { ($0, slices[$0].baseFile.map { scan([$0]) }) }
    }

    /// How many records a directory may have, so that it and what is kept beside it fit into `bytes`.
    func recordCount(fitting bytes: Int) -> Int {
        // 73 bytes a record, and 28 more while slices with logs are looked through, and 4 for the group of each.
        KeyDirectory.recordCount(fitting: logged.isEmpty ? bytes : bytes / 10 * 7)
    }

    /// Calls `body` with every row whose key is in `directory`; of a slice with logs once a key.
    ///
    /// - Parameter body: `slice` is the position in the slices; the row's position is 0 where it is only logged.
    func run(_ directory: KeyDirectory, _ body: (_ slice: Int, KeyMatch) throws -> Void) async throws {
        guard directory.count > 0 else { return }
        try await plain.run(directory) { file, match in try body(plainSlices[file], match) }
        guard !logged.isEmpty else { return }
        let states = SliceKeyStates(entryCount: directory.count, comparesWithStored: rule.comparesWithStored)
        for (number, base) in logged {
            try await base?.run(directory) { _, match in states.see(stored: match) }
            for block in try await BlockFolding.survivors(of: slices[number], in: table, visibility, keptContentBytes: keptContentBytes) {
                try await see(block, directory, states)
            }
            try states.endSlice { try body(number, $0) }
        }
    }

    private func see(_ block: LogBlock, _ directory: KeyDirectory, _ states: SliceKeyStates) async throws {
        if block.type == .delete {
            let deletes = try await DeleteBlock.keys(of: block, in: table.store)
            directory.forEachMatch(deletes.keys.hashKeys(hash)) { row, entry in
                states.see(deleted: entry, ordering: deletes.orderings[row].comparable(as: orderingField?.type))
            }
            return
        }
        var rows = try await DataBlock.open(block, as: columns, in: table.store)
        while let batch = try await rows.next() {
            guard let keys = batch[MetaFields.recordKey], keys.nullCount == 0 else {
                throw TableError(.corrupt, "a log record without a record key", at: block.path, offset: block.offset, instant: block.instant)
            }
            let orderings = try orderings(batch, block)
            let marks = deleteMark.flatMap { batch[$0] }
            directory.forEachMatch(keys.hashKeys(hash)) { row, entry in
                let ordering = orderings.map { $0.validity.map { $0[row] } ?? true ? $0[row] : Int64.min } ?? 0
                states.see(logged: entry, ordering: ordering, isDelete: marks?.cell(at: row) == true)
            }
        }
    }

    private func orderings(_ batch: RecordBatch, _ block: LogBlock) throws -> OrderingValues? {
        guard let field = orderingField else { return nil }
        guard let values = batch[field.name]?.orderingValues() else {
            throw TableError(.unsupported, "the ordering field '\(field.name)' has a type that is not compared", at: block.path, instant: block.instant)
        }
        return values
    }
}
