import TarnBase
import TarnColumns
import TarnTable

extension Snapshot {
    /// The slices whose partition does not rule the filter out. A row lies in the partition that its columns name
    /// (SPEC: `keys.match-columns`), as Spark takes it too.
    func slices(matching filter: BoundFilter?) -> [FileSlice] {
        guard let filter, let partitions, filter.columns.contains(where: { partitions.fields.contains(filter.schema.fields[$0].name) }) else { return slices }
        var known: [PartitionPath: Bool] = [:]
        return slices.filter { slice in
            if let answer = known[slice.partition] { return answer }
            let answer = partitions.mayHold(filter, slice.partition)
            known[slice.partition] = answer
            return answer
        }
    }
}

extension PartitionPathFormat {
    /// Whether rows of the partition can pass, as far as its path tells: text and whole numbers; the default partition may
    /// hold null or empty text.
    fileprivate func mayHold(_ filter: BoundFilter, _ partition: PartitionPath) -> Bool {
        guard let values = values(of: partition) else { return true }
        return filter.mayMatch { position in
            let column = filter.operands[position]
            guard column.members.isEmpty, let level = fields.firstIndex(of: column.path[0]), let text = values[level] else { return nil }
            let value: Cell? =
                switch column.type {
                case .string: .text(Bytes(text))
                case .int32, .int64: Int64(text).map { .int($0) }
                default: nil
                }
            return value.map { ColumnStatistics(lowerBound: $0, upperBound: $0, nullCount: 0, mayHoldNaN: false) }
        }
    }
}
