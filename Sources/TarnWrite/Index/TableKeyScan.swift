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
    private let limits: KeyFetchLimits
    private let concurrency: Int
    /// Numbers of the files that may hold a key; the others are ruled out.
    private var candidates: [Int]

    /// - Parameters:
    ///   - sought: At least the keys of all directories that will be looked for.
    ///   - concurrency: How many files are read at the same time.
    init(
        _ table: TableHandle, files: [BaseFile], sought: SoughtKeys, hash: KeyHash, orderingField: String?, memory: MemoryPlan, concurrency: Int
    ) {
        self.table = table
        self.files = files
        self.sought = sought
        self.hash = hash
        self.orderingField = orderingField
        self.concurrency = concurrency
        limits = KeyFetchLimits(memory: memory)
        candidates = Array(files.indices)
    }

    /// Calls `body` with every stored row whose key is in `directory`, in the order of files and rows.
    ///
    /// - Parameter body: `file` is the position in `files`.
    ///
    /// Memory: beside what is fetched, 16 bytes for each row found in files that are read ahead of their turn.
    func run(_ directory: KeyDirectory, _ body: (_ file: Int, KeyMatch) throws -> Void) async throws {
        guard directory.count > 0 else { return }
        let (table, files, candidates, sought, hash, orderingField, limits) = (table, files, candidates, sought, hash, orderingField, limits)
        var remaining: [Int] = []
        try await concurrently(candidates.count, atMost: concurrency) { index -> [KeyMatch]? in
            let keys = try await BaseFileKeys.open(
                files[candidates[index]], of: table, orderingField: orderingField, sought: sought, limits: limits)
            guard let keys else { return nil }
            var matches: [KeyMatch] = []
            while let batch = try await keys.next() { directory.match(batch, hash, into: &matches) }
            return matches
        } take: { index, matches in
            guard let matches else { return }
            remaining.append(candidates[index])
            for match in matches { try body(candidates[index], match) }
        }
        self.candidates = remaining
    }
}

/// A stored row whose key is in a directory: 16 bytes.
struct KeyMatch: Sendable {
    /// Position in the file.
    let row: UInt32
    /// In the directory.
    let entry: UInt32
    /// `Int64.min` where the stored row has no ordering value, so that any change beats it.
    let ordering: Int64
}

extension KeyDirectory {
    fileprivate func match(_ batch: BaseFileKeys.Batch, _ hash: KeyHash, into matches: inout [KeyMatch]) {
        forEachMatch(batch.keys.hashKeys(hash)) { row, entry in
            matches.append(KeyMatch(row: batch.firstRow + UInt32(row), entry: UInt32(entry), ordering: batch.ordering(of: row)))
        }
    }
}

extension BaseFileKeys.Batch {
    /// Of stored rows without the value any change is newer; without the field all are equally old.
    fileprivate func ordering(of row: Int) -> Int64 {
        guard let orderings else { return 0 }
        return orderings.validity.map { $0[row] } ?? true ? orderings[row] : Int64.min
    }
}
