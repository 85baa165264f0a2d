import TarnBase
import TarnColumns
import TarnWrite

/// Fills in what events left out: values that did not change and were not sent (TOAST, LOB).
///
/// The value is that of the row before the event: of the same key's latest event in this micro-batch, else the stored
/// row's. For the create of a key update that is the row under the old key. Cost: one look-up of stored rows a chunk that
/// needs one.
final class UnavailableValues {
    private let keyColumns: [Int]
    private let schema: Schema
    /// The rows of this micro-batch so far, as staged; kept from the first event of a source that leaves values out.
    private var kept: [ChangeBatch] = []
    private var latest: [String: RowReference] = [:]
    /// How many of `batches` are in `latest`, which is made when the first value is missing.
    private var indexedBatches = 0
    private(set) var byteCount = 0

    init(schema: Schema, keyFields: [String]) {
        self.schema = schema
        keyColumns = keyFields.compactMap { schema.index(of: $0) }
    }

    /// Keeps a staged chunk to look values up in.
    func keep(_ changes: ChangeBatch, byteCount: Int) {
        kept.append(changes)
        self.byteCount += byteCount
    }

    func startBatch() {
        kept = []
        latest = [:]
        indexedBatches = 0
        byteCount = 0
    }

    /// Where a missing value comes from.
    private struct Need {
        let patch: EventDecoder.RowPatch
        let key: String
        var donor: RowReference?
    }

    /// The rows with their missing values, and those for which nothing is stored.
    func fill(
        _ changes: ChangeBatch, _ patches: [EventDecoder.RowPatch], storedRows: (Column) async throws -> RecordBatch
    ) async throws -> (rows: RecordBatch, missing: Set<Int>) {
        let rows = changes.rows
        let chunk = UInt32(kept.count)
        indexKept()
        var needs: [Need] = []
        var nextPatch = 0
        for row in 0..<rows.rowCount {
            let key = keyText(rows, row)
            if nextPatch < patches.count, patches[nextPatch].row == row {
                let patch = patches[nextPatch]
                nextPatch += 1
                // A key update's image is under the old key, unless the new one was seen since.
                let oldKey = patch.oldKey.map { joined($0) }
                needs.append(Need(patch: patch, key: oldKey ?? key, donor: latest[oldKey ?? key]))
            }
            // Of a delete nothing but the key is known: the image before it stays what later events refer to.
            if changes.kinds?[row] ?? .upsert == .upsert { latest[key] = RowReference(batch: chunk, row: UInt32(row)) }
        }
        indexedBatches += 1
        var sources = kept.map(\.rows) + [rows]
        let unknown = Set(needs.filter { $0.donor == nil }.map(\.key))
        if !unknown.isEmpty {
            let builder = TextBuilder(.string)
            for key in unknown.sorted() { builder.append(key) }
            let stored = try await storedRows(builder.finish())
            var references: [String: RowReference] = [:]
            for row in 0..<stored.rowCount {
                references[keyText(stored, row)] = RowReference(batch: UInt32(sources.count), row: UInt32(row))
            }
            if let ordered = stored.selecting(schema.names) { sources.append(ordered) }
            for index in needs.indices where needs[index].donor == nil { needs[index].donor = references[needs[index].key] }
        }
        let filled = apply(needs, to: rows, chunk: Int(chunk), sources)
        // Nothing may take its value from a row that is put aside.
        if !filled.1.isEmpty { latest = latest.filter { $0.value.batch != chunk || !filled.1.contains(Int($0.value.row)) } }
        return filled
    }

    private func apply(_ needs: [Need], to rows: RecordBatch, chunk: Int, _ sources: [RecordBatch]) -> (RecordBatch, Set<Int>) {
        var missing: Set<Int> = []
        var columns = rows.columns
        for column in Set(needs.flatMap(\.patch.columns)) {
            // A donor in this chunk may itself lack the value: follow it, in order, to the row that has it.
            var references = (0..<rows.rowCount).map { RowReference(batch: UInt32(chunk), row: UInt32($0)) }
            for need in needs where need.patch.columns.contains(column) {
                guard let donor = need.donor, !(Int(donor.batch) == chunk && missing.contains(Int(donor.row))) else {
                    missing.insert(need.patch.row)
                    continue
                }
                references[need.patch.row] = Int(donor.batch) == chunk ? references[Int(donor.row)] : donor
            }
            var inputs = sources.map { $0.columns[column] }
            inputs[chunk] = rows.columns[column]
            columns[column] = Column.interleave(inputs, references)
        }
        return (RecordBatch(schema: rows.schema, columns: columns, rowCount: rows.rowCount), missing)
    }

    private func indexKept() {
        while indexedBatches < kept.count {
            let batch = kept[indexedBatches].rows
            let kinds = kept[indexedBatches].kinds
            for row in 0..<batch.rowCount where kinds?[row] ?? .upsert == .upsert {
                latest[keyText(batch, row)] = RowReference(batch: UInt32(indexedBatches), row: UInt32(row))
            }
            indexedBatches += 1
        }
    }

    /// The record key as the table stores it: the value alone, or `field:value` pairs (hudi-format §6).
    private func keyText(_ batch: RecordBatch, _ row: Int) -> String {
        joined(keyColumns.map { UnavailableValues.text(batch.columns[$0].cell(at: row)) })
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .text(let bytes): bytes.printableText
        case .int(let value): "\(value)"
        case .boolean(let value): "\(value)"
        default: ""
        }
    }

    private func joined(_ values: [String]) -> String {
        if values.count == 1 { return values[0] }
        return zip(keyColumns, values).map { "\(schema.fields[$0].name):\($1)" }.joined(separator: ",")
    }
}
