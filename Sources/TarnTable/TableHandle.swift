package import TarnBase
package import TarnStorage

/// Where a table is, and the world it is reached through. Knows nothing of what is in it.
package struct TableHandle: Sendable {
    package let store: any ObjectStore
    /// The table's folder.
    package let path: ObjectPath
    package let runtime: Runtime
    /// How its writers take the lock.
    package var lock: WriterLockSettings

    package init(store: any ObjectStore, path: ObjectPath, runtime: Runtime, lock: WriterLockSettings = WriterLockSettings()) {
        self.store = store
        self.path = path
        self.runtime = runtime
        self.lock = lock
    }

    /// `.hoodie`: the timeline, the properties, and everything that is not data.
    package var metaFolder: ObjectPath { path.appending(".hoodie") }
    package var propertiesPath: ObjectPath { metaFolder.appending("hoodie.properties") }
    package var propertiesBackupPath: ObjectPath { metaFolder.appending("hoodie.properties.backup") }
    /// The metadata table, where there is one.
    package var metadataTableFolder: ObjectPath { metaFolder.appending("metadata") }

    /// `.hoodie/.temp/<instant>`: markers of a running write.
    package func markerFolder(of instant: InstantTime) -> ObjectPath { metaFolder.appending(".temp/\(instant)") }
    package func timelineFile(_ name: InstantFileName) -> ObjectPath { metaFolder.appending(name.text) }
    package func folder(of partition: PartitionPath) -> ObjectPath { path.appending(partition.text) }

    /// The path of a file named relative to the table, as write stats do; nil if it is not a legal path below the table.
    package func dataFile(_ relative: String) -> ObjectPath? {
        guard let checked = ObjectPath(relative), !checked.isRoot else { return nil }
        return path.appending(checked.text)
    }
}
