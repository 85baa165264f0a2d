/// A change and where it goes: 24 bytes.
package struct PlacedChange: SortableRecord {
    /// Number of the file group that holds the row; of inserts the number of the partition.
    package var destination: UInt32
    /// Position of the row in the group's base file; 0 for inserts.
    package var position: UInt32
    /// Offset of the new row in the staged rows: the order of arrival.
    package var rowOffset: Int64
    /// Bytes of the new row; 0 = the stored row goes.
    package var rowLength: UInt32
    /// The row comes from another file group, where it is deleted.
    package var isMove: Bool

    package var isDelete: Bool { rowLength == 0 }

    static func delete(_ group: UInt32, _ position: UInt32) -> PlacedChange {
        PlacedChange(destination: group, position: position, rowOffset: 0, rowLength: 0, isMove: false)
    }

    static func update(_ group: UInt32, _ position: UInt32, by change: IndexRecord) -> PlacedChange {
        PlacedChange(destination: group, position: position, rowOffset: change.rowOffset, rowLength: change.rowLength, isMove: false)
    }

    static func insert(into partition: UInt32, _ change: IndexRecord, isMove: Bool) -> PlacedChange {
        PlacedChange(destination: partition, position: 0, rowOffset: change.rowOffset, rowLength: change.rowLength, isMove: isMove)
    }

    package static func precedes(_ left: PlacedChange, _ right: PlacedChange) -> Bool {
        if left.destination != right.destination { return left.destination < right.destination }
        if left.position != right.position { return left.position < right.position }
        return left.rowOffset < right.rowOffset
    }
}
