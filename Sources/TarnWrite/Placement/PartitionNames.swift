import TarnColumns
import TarnTable

/// Numbers for partition paths: those of the table's files, and those of staged rows.
///
/// Rows name their partition by the hash of its text, so that no text is made for each row.
final class PartitionNames {
    /// The number of rows that belong nowhere: deletes.
    static let none = UInt32.max

    private(set) var paths: [PartitionPath] = []
    private var numbers: [PartitionPath: UInt32] = [:]
    private var byHash: [UInt128: Result<UInt32, TableError>] = [:]
    private let format: PartitionPathFormat

    init(_ properties: TableProperties) {
        format = PartitionPathFormat(properties)
        if !properties.isPartitioned { _ = number(of: .root) }
    }

    func number(of path: PartitionPath) -> UInt32 {
        if let number = numbers[path] { return number }
        let number = UInt32(paths.count)
        numbers[path] = number
        paths.append(path)
        return number
    }

    /// The partition of a row.
    ///
    /// - Parameters:
    ///   - hash: Of the text of its partition value.
    ///   - value: That text; asked for once for each distinct one.
    func number(hash: UInt128, value: () -> String) -> Result<UInt32, TableError> {
        if let known = byHash[hash] { return known }
        let result: Result<UInt32, TableError>
        do {
            result = .success(number(of: try format.path(for: [value()])))
        } catch {
            result = .failure(error)
        }
        byHash[hash] = result
        return result
    }

    /// For each partition its place in the order of paths, in which partitions are written.
    func ranks() -> [UInt32] {
        var ranks = [UInt32](repeating: 0, count: paths.count)
        for (rank, number) in paths.indices.sorted(by: { paths[$0] < paths[$1] }).enumerated() { ranks[number] = UInt32(rank) }
        return ranks
    }
}
