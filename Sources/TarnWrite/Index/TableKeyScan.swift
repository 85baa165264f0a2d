import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// Finds keys in the whole table by reading the key column of every latest base file.
///
/// The look-up that is always right: it needs no index, and a key is found whatever partition it lies in.
struct TableKeyScan {
    let table: TableHandle
    let files: [BaseFile]
    let hash: KeyHash
    /// nil: there is none; every stored row then has the ordering value 0.
    let orderingField: String?
    let limits: BaseFileScan.Limits

    init(_ table: TableHandle, files: [BaseFile], hash: KeyHash, orderingField: String?, memory: MemoryPlan) {
        self.table = table
        self.files = files
        self.hash = hash
        self.orderingField = orderingField
        limits = .init(file: 256 << 10, rowGroup: 0, window: memory.window)
    }

    /// Calls `body` for every stored row whose key is in `directory`.
    ///
    /// - Parameter body: The file's position in `files`, the row's in the file, and the ordering value; `Int64.min` where the
    ///   stored row has none, so that any change beats it.
    func run(_ directory: KeyDirectory, _ body: (_ file: Int, _ row: UInt32, _ entry: Int, _ ordering: Int64) throws -> Void) async throws {
        guard directory.count > 0 else { return }
        let columns = [MetaFields.recordKey] + (orderingField.map { [$0] } ?? [])
        for (number, file) in files.enumerated() {
            let scan = try await BaseFileScan.open(file, of: table, columns: columns, limits: limits)
            while let batch = try await scan.next() {
                guard batch.firstRow + Int64(batch.rows.rowCount) <= Int64(UInt32.max) else {
                    throw TableError(.unsupported, "a base file of more than 4 billion rows", at: file.path(in: table))
                }
                guard let keys = batch.rows[MetaFields.recordKey], keys.type == .string else {
                    throw TableError(.corrupt, "the record keys are no strings", at: file.path(in: table))
                }
                let orderings = try orderings(batch.rows, file)
                try directory.forEachMatch(keys.hashKeys(hash)) { row, entry in
                    var ordering: Int64 = 0
                    if let orderings { ordering = orderings.validity.map { $0[row] } ?? true ? orderings[row] : Int64.min }
                    try body(number, UInt32(batch.firstRow + Int64(row)), entry, ordering)
                }
            }
        }
    }

    private func orderings(_ rows: RecordBatch, _ file: BaseFile) throws -> OrderingValues? {
        guard let field = orderingField else { return nil }
        guard let values = rows[field]?.orderingValues() else {
            throw TableError(.unsupported, "the ordering field '\(field)' has a type in this file that is not compared", at: file.path(in: table))
        }
        return values
    }
}
