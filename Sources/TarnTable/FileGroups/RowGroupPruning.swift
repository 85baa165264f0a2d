import TarnBase
package import TarnColumns
import TarnParquet

extension BaseFileReader {
    /// The row groups, as positions in the footer, that may hold a row for which the filter is true. The others certainly
    /// hold none: what their statistics say of the filter's columns rules it out.
    ///
    /// Only columns that the file has in the filter's own type are judged; bounds of text may be cut and still bound.
    package func rowGroups(matching filter: BoundFilter) -> [Int] {
        let leaves = filter.columns.reduce(into: [Int: LeafColumn]()) { leaves, position in
            let wanted = filter.schema.fields[position]
            guard let field = metadata.tree.fields.first(where: { $0.field.name == wanted.name }), field.field.type == wanted.type,
                case .leaf(let leaf) = field.shape, isOrderedByType(leaf)
            else { return }
            leaves[position] = leaf
        }
        return metadata.rowGroups.indices.filter { index in
            let group = metadata.rowGroups[index]
            return filter.mayMatch { position in
                leaves[position].map { ColumnStatistics(group.columns[$0.index].statistics, of: $0, rowCount: group.rowCount) }
            }
        }
    }

    private func isOrderedByType(_ leaf: LeafColumn) -> Bool {
        metadata.columnOrders.isEmpty || (metadata.columnOrders.indices.contains(leaf.index) && metadata.columnOrders[leaf.index] == .byType)
    }
}

extension ColumnStatistics {
    /// What a chunk's statistics say of its values. Bounds are taken of numbers, dates, timestamps and text stored as they
    /// are; of NaN a chunk says nothing.
    fileprivate init(_ stored: Statistics?, of leaf: LeafColumn, rowCount: Int64) {
        self.init(nullCount: stored?.nullCount, rowCount: rowCount)
        guard let stored, leaf.conversion == .none else { return }
        lowerBound = stored.minimum.flatMap { Cell(plain: $0, of: leaf.type) }
        upperBound = stored.maximum.flatMap { Cell(plain: $0, of: leaf.type) }
    }
}

extension Cell {
    /// A bound of a type that Parquet orders as filters do; nil for others, and for bytes that are no value of it.
    fileprivate init?(plain bytes: Bytes, of type: DataType) {
        func number<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            guard bytes.count == MemoryLayout<Value>.size else { return nil }
            return bytes.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
        }
        switch type {
        case .int32, .date:
            guard let value = number(Int32.self) else { return nil }
            self = .int(Int64(value))
        case .int64, .timestamp:
            guard let value = number(Int64.self) else { return nil }
            self = .int(value)
        case .float:
            guard let value = number(Float.self), !value.isNaN else { return nil }
            self = .float(value)
        case .double:
            guard let value = number(Double.self), !value.isNaN else { return nil }
            self = .double(value)
        case .string: self = .text(bytes)
        default: return nil
        }
    }
}
