package import TarnBase

/// What became of the events of a commit (freshness.md §1, `tarn.events`).
package struct EventCounts: Hashable, Sendable {
    package static let key = "tarn.events"

    package var read: Int64 = 0
    package var inserted: Int64 = 0
    package var updated: Int64 = 0
    package var deleted: Int64 = 0
    /// Older than the stored row.
    package var stale: Int64 = 0
    package var duplicate: Int64 = 0
    package var quarantined: Int64 = 0

    package init() {}

    package var json: JSON {
        [
            "read": .int(read), "inserted": .int(inserted), "updated": .int(updated), "deleted": .int(deleted), "stale": .int(stale),
            "duplicate": .int(duplicate), "quarantined": .int(quarantined),
        ]
    }

    package var text: String { json.description }

    /// Counts that are missing are 0.
    ///
    /// - Throws: ``TableError`` `corrupt` for anything but a JSON object.
    package init(parsing text: String) throws(TableError) {
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw TableError(error) }
        guard json.objectValue != nil else { throw TableError(.corrupt, "event counts are no object") }
        func count(_ name: String) -> Int64 { json[name]?.intValue ?? 0 }
        read = count("read")
        inserted = count("inserted")
        updated = count("updated")
        deleted = count("deleted")
        stale = count("stale")
        duplicate = count("duplicate")
        quarantined = count("quarantined")
    }
}
