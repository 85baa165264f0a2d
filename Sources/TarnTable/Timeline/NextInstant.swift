package import TarnBase

extension Timeline {
    /// How far another writer's clock may run ahead of ours before a table is refused.
    package static let allowedSkewMilliseconds: Int64 = 300_000

    /// The time for a new instant: now, in the table's zone, but later than everything on the timeline and than
    /// `others` (archived instants, ones that were just rolled back).
    ///
    /// - Throws: ``TableError`` `conflict` when the newest instant is ahead of our clock by more than
    ///   ``allowedSkewMilliseconds``: another writer lives in another zone, and would make smaller instants than ours
    ///   (hudi-format §2.1).
    package func nextTime(zone: TimelineZone, clock: any WallClock, laterThan others: [InstantTime] = []) throws(TableError) -> InstantTime {
        let now = clock.nowMilliseconds()
        let fresh = InstantTime(epochMilliseconds: now, zone: zone)
        guard let newest = ([newestTime].compactMap { $0 } + others).max(), newest >= fresh else { return fresh }
        if let ahead = newest.epochMilliseconds(in: zone).map({ $0 - now }), ahead > Timeline.allowedSkewMilliseconds {
            throw TableError(
                .conflict,
                "the newest instant is \(ahead / 1000) s ahead of this machine's clock in the table's zone (\(zone.rawValue)): another writer uses another zone or clock",
                instant: newest)
        }
        return newest.next
    }
}
