package import TarnBase

/// The name of a file group, kept by all its versions: `<uuid>-<n>` where Hudi made it (hudi-format §4.1).
///
/// Legal by construction: not empty, without `_` (names are cut there), `/` and NUL.
package struct FileID: Hashable, Sendable {
    package let text: String

    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, !text.utf8.contains(where: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/") || $0 == 0 }) else { return nil }
        self.text = String(text)
    }

    /// A new group's name. The first eight digits are not all decimal: a bucket index writes its bucket number there.
    package init(random: any RandomSource) {
        var uuid = random.uuid()
        while uuid.utf8.prefix(8).allSatisfy({ (0x30...0x39).contains($0) }) { uuid = random.uuid() }
        text = "\(uuid)-0"
    }

    /// The name with another number at its end: one of the groups that a task of a writer makes (hudi-format §4.1).
    ///
    /// - Precondition: the name ends in a number, as new ones do.
    package func numbered(_ number: Int) -> FileID {
        guard let end = text.lastIndex(of: "-") else { preconditionFailure("a name without a number: \(text)") }
        return FileID(checked: "\(text[..<end])-\(number)")
    }

    private init(checked text: String) { self.text = text }

    /// The bucket of a bucket index's group: eight decimal digits in front. About 2% of Spark's random names look so by
    /// chance; a table is bucketed if all its groups do.
    package var bucket: Int? {
        let first = text.utf8.prefix(8)
        guard first.count == 8, first.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text.prefix(8))
    }
}

extension FileID: Comparable {
    package static func < (left: FileID, right: FileID) -> Bool { left.text < right.text }
}

extension FileID: CustomStringConvertible {
    package var description: String { text }
}

/// A file group's name in the table: file IDs are unique within a partition only.
package struct FileGroupID: Hashable, Sendable {
    package let partition: PartitionPath
    package let fileID: FileID

    package init(_ partition: PartitionPath, _ fileID: FileID) {
        self.partition = partition
        self.fileID = fileID
    }
}

extension FileGroupID: Comparable {
    package static func < (left: FileGroupID, right: FileGroupID) -> Bool {
        (left.partition, left.fileID) < (right.partition, right.fileID)
    }
}
