/// A file group that a pending compaction or clustering is going to work on. Until it has, a writer that cannot take part
/// leaves the group alone (format §8.3, §9.2).
package struct PlannedGroup: Hashable, Sendable {
    package var partitionPath: String
    package var fileID: String

    package init(partitionPath: String, fileID: String) {
        self.partitionPath = partitionPath
        self.fileID = fileID
    }
}
