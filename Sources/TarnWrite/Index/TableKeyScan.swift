import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// Finds keys in the whole table: reads the key column of every latest base file whose footer does not tell that it has none
/// of them.
///
/// The look-up that is always right: it needs no index, and a key is found whatever partition it lies in.
///
/// Cost of a pass: at most two requests a file, one for a file that is ruled out; none for one that an earlier pass ruled
/// out. A file larger than 8 MiB may take one more for each started 8 MiB of it.
final class TableKeyScan {
    let table: TableHandle
    let files: [BaseFile]
    private let sought: SoughtKeys
    private let hash: KeyHash
    /// nil: there is none; every stored row then has the ordering value 0.
    private let orderingField: String?
    private var limits: KeyFetchLimits
    private var greatestFooterShare = 0.0
    /// Files that hold none of the keys sought, by number.
    private var ruledOut: Set<Int> = []

    /// - Parameter sought: At least the keys of all directories that will be looked for.
    init(_ table: TableHandle, files: [BaseFile], sought: SoughtKeys, hash: KeyHash, orderingField: String?, memory: MemoryPlan) {
        self.table = table
        self.files = files
        self.sought = sought
        self.hash = hash
        self.orderingField = orderingField
        limits = KeyFetchLimits(memory: memory)
    }

    /// A stored row whose key is in a directory.
    struct Match {
        /// Position in `files`.
        let file: Int
        /// Position in the file.
        let row: UInt32
        /// In the directory.
        let entry: Int
        /// `Int64.min` where the stored row has no ordering value, so that any change beats it.
        let ordering: Int64
    }

    /// Calls `body` for every stored row whose key is in `directory`, in the order of files and rows.
    func run(_ directory: KeyDirectory, _ body: (Match) throws -> Void) async throws {
        guard directory.count > 0 else { return }
        for (number, file) in files.enumerated() where !ruledOut.contains(number) {
            let (keys, footerByteCount) = try await BaseFileKeys.open(
                file, of: table, orderingField: orderingField, sought: sought, limits: limits)
            expect(footerByteCount, of: file)
            guard let keys else {
                ruledOut.insert(number)
                continue
            }
            while let batch = try await keys.next() {
                try directory.forEachMatch(batch.keys.hashKeys(hash)) { row, entry in
                    try body(Match(file: number, row: batch.firstRow + UInt32(row), entry: entry, ordering: batch.ordering(of: row)))
                }
            }
        }
    }

    private func expect(_ footerByteCount: Int64, of file: BaseFile) {
        greatestFooterShare = max(greatestFooterShare, Double(footerByteCount) / Double(max(1, file.size)))
        limits = limits.expecting(footerShare: greatestFooterShare)
    }
}

extension BaseFileKeys.Batch {
    /// Of stored rows without the value any change is newer; without the field all are equally old.
    fileprivate func ordering(of row: Int) -> Int64 {
        guard let orderings else { return 0 }
        return orderings.validity.map { $0[row] } ?? true ? orderings[row] : Int64.min
    }
}
