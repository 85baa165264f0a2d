/// Where a partition lies below the table: the folder, the `_hoodie_partition_path` of its rows, the key of its write
/// stats, all the same text (hudi-format §6.2). Empty for a table without partitions.
///
/// Legal by construction: no segment is empty, `.` or `..`, and it does not lie in `.hoodie`.
package struct PartitionPath: Hashable, Sendable {
    package let text: String

    /// The one partition of a table that is not partitioned.
    package static let root = PartitionPath(unchecked: "")

    private init(unchecked text: String) { self.text = text }

    package init?(_ text: String) {
        self.text = text
        if text.isEmpty { return }
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments {
            if segment.isEmpty || segment.contains(0) || segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) {
                return nil
            }
        }
        if segments[0].elementsEqual(".hoodie".utf8) { return nil }
    }

    /// Levels of folders below the table; 0 for ``root``.
    package var depth: Int { text.isEmpty ? 0 : text.utf8.reduce(1) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) } }
}

extension PartitionPath: Comparable {
    /// By UTF-8 bytes, as stores list.
    package static func < (left: PartitionPath, right: PartitionPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension PartitionPath: CustomStringConvertible {
    package var description: String { text }
}
