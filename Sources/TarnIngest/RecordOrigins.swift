import TarnBase

/// Where each row of a chunk came from, until the chunk is staged: a row that the writer does not take goes to quarantine
/// with the line it came in.
struct RecordOrigins {
    struct Origin {
        let block: Int32
        let start: Int32
        let count: Int32
        /// Index into the run's partitions.
        let partition: Int32
        let line: Int
        let offset: Int64
    }

    /// The input the rows lie in.
    private(set) var blocks: [Bytes] = []
    private(set) var rows: [Origin] = []

    mutating func begin(_ block: Bytes) { blocks.append(block) }

    mutating func append(start: Int, count: Int, partition: Int, line: Int, offset: Int64) {
        rows.append(
            Origin(
                block: Int32(blocks.count - 1), start: Int32(start), count: Int32(count), partition: Int32(partition), line: line,
                offset: offset))
    }

    func event(_ row: Int) -> Bytes {
        let origin = rows[row]
        return blocks[Int(origin.block)][Int(origin.start)..<Int(origin.start + origin.count)]
    }

    /// Forgets the rows; the block being read stays.
    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        blocks.removeFirst(max(0, blocks.count - 1))
    }
}
