/// A change and where it goes: 32 bytes.
package struct PlacedChange: SortableRecord {
    /// Number of the file group that holds the row; of inserts the number of the partition.
    package var destination: UInt32
    /// Position of the row in the group's base file; 0 for inserts, and where the row is only logged.
    package var position: UInt32
    /// Offset of the staged row: the order of arrival.
    package var rowOffset: Int64
    /// Of a delete, the value by which it wins: that of the change or of what it deletes, whichever is greater. `Int64.min`
    /// where neither has one.
    package var ordering: Int64
    /// Bytes of the staged row; 0 = there is none.
    package var rowLength: UInt32
    /// The stored row goes.
    package var isDelete: Bool
    /// The row comes from another file group, where it is deleted.
    package var isMove: Bool

    static func delete(_ group: UInt32, _ position: UInt32, by change: IndexRecord, storedOrdering: Int64) -> PlacedChange {
        PlacedChange(
            destination: group, position: position, rowOffset: change.rowOffset, ordering: max(change.ordering, storedOrdering),
            rowLength: change.rowLength, isDelete: true, isMove: false)
    }

    static func update(_ group: UInt32, _ position: UInt32, by change: IndexRecord) -> PlacedChange {
        PlacedChange(
            destination: group, position: position, rowOffset: change.rowOffset, ordering: change.ordering, rowLength: change.rowLength,
            isDelete: false, isMove: false)
    }

    static func insert(into partition: UInt32, _ change: IndexRecord, isMove: Bool) -> PlacedChange {
        PlacedChange(
            destination: partition, position: 0, rowOffset: change.rowOffset, ordering: change.ordering, rowLength: change.rowLength,
            isDelete: false, isMove: isMove)
    }

    package static func precedes(_ left: PlacedChange, _ right: PlacedChange) -> Bool {
        if left.destination != right.destination { return left.destination < right.destination }
        if left.position != right.position { return left.position < right.position }
        return left.rowOffset < right.rowOffset
    }
}
