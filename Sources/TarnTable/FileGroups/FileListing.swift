package import TarnStorage

/// What lies in the data folders of a table, whether it counts or not.
package struct TableFiles: Sendable {
    package var baseFiles: [BaseFile] = []
    package var logFiles: [LogFile] = []
    /// Change logs (`.cdc`), read by change reads alone.
    package var changeLogs: [LogFile] = []
    /// Partitions that have a `.hoodie_partition_metadata`, sorted.
    package var markedPartitions: [PartitionPath] = []
    /// Names that mean nothing to us: neither data nor side files of Hadoop (`.….crc`).
    package var others: [ObjectInfo] = []

    package init() {}

    /// Sorts an object that lies in a data folder into its place.
    package mutating func add(_ object: ObjectInfo, in table: TableHandle) {
        let name = object.path.name
        guard !(name.hasPrefix(".") && name.hasSuffix(".crc")) else { return }
        guard let folder = object.path.parent == table.path ? "" : object.path.parent.relative(to: table.path),
            let partition = PartitionPath(folder)
        else { return }
        if PartitionMetadata.isMarker(name) {
            if markedPartitions.last != partition { markedPartitions.append(partition) }
        } else if let name = BaseFileName(name) {
            baseFiles.append(BaseFile(partition: partition, name: name, size: object.size, modifiedMilliseconds: object.modifiedMilliseconds))
        } else if let name = LogFileName(name), !name.isArchive {
            let file = LogFile(partition: partition, name: name, size: object.size, modifiedMilliseconds: object.modifiedMilliseconds)
            if name.isChangeLog { changeLogs.append(file) } else { logFiles.append(file) }
        } else {
            others.append(object)
        }
    }
}

/// Tells which files a table's data folders hold. Second implementation: the metadata table.
package protocol FileListing: Sendable {
    /// The files of all partitions.
    func allFiles() async throws -> TableFiles
    /// The files that lie directly in these partitions' folders. A partition that does not exist has none.
    func files(in partitions: [PartitionPath]) async throws -> TableFiles
}

/// By listing the store.
package struct ListedFiles: FileListing {
    package let table: TableHandle

    package init(_ table: TableHandle) { self.table = table }

    /// Cost: a request for each started 1,000 objects outside `.hoodie`, and one more to step over that folder where it
    /// does not fit the first page.
    package func allFiles() async throws -> TableFiles {
        var files = TableFiles()
        // Behind everything below `.hoodie`: no path is greater than its folder and the highest scalar.
        let pastMetaFolder = table.metaFolder.appending("\u{10FFFF}")
        var after: ObjectPath?
        do {
            while true {
                let page = try await table.store.list(table.path, startingAfter: after, recursive: true)
                for object in page.objects where object.path.relative(to: table.metaFolder) == nil {
                    files.add(object, in: table)
                }
                guard let next = page.next else { break }
                after = next.relative(to: table.metaFolder) == nil ? next : max(next, pastMetaFolder)
            }
        } catch {
            throw TableError(error, at: table.path)
        }
        return files
    }

    /// Cost: a request for each partition, and for each further 1,000 objects in it.
    package func files(in partitions: [PartitionPath]) async throws -> TableFiles {
        var files = TableFiles()
        for partition in partitions.sorted() {
            do {
                for object in try await table.store.list(table.folder(of: partition), recursive: false).objects {
                    files.add(object, in: table)
                }
            } catch {
                throw TableError(error, at: table.folder(of: partition))
            }
        }
        return files
    }
}
