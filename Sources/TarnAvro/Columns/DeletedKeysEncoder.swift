package import TarnBase
package import TarnColumns

/// Encodes the payload of a delete block of version 3 (hudi-format §5.3); the counterpart of ``DeletedKeys``.
///
/// Ordering values go into the branch of their column's type, as Spark puts those of soft deletes: a timestamp's is a Long.
/// Without an ordering field, and where a value is not known, it is the int 0, which deletes whatever the stored value is.
package struct DeletedKeysEncoder: ~Copyable {
    private let partitionPath: String
    private let orderingType: DataType?
    private var items = ByteBuilder()
    package private(set) var count = 0

    /// - Precondition: the type of the ordering column has values that are compared as numbers (``Column/orderingValues()``).
    package init(partitionPath: String, orderingType: DataType?) {
        self.partitionPath = partitionPath
        self.orderingType = orderingType
    }

    /// Bytes of the keys so far.
    package var byteCount: Int { items.count }

    /// - Parameters:
    ///   - keys: `.string`, without nulls.
    ///   - orderings: `.int64`, without nulls: as ``Column/orderingValues()`` maps values; `Int64.min` where there is none.
    package mutating func append(_ keys: Column, orderings: Column) {
        precondition(keys.count == orderings.count && keys.nullCount == 0 && orderings.nullCount == 0)
        defer { withExtendedLifetime((keys, orderings)) {} }
        let texts = TextSource(keys)
        let values = FixedSource<Int64>(orderings)
        for row in 0..<keys.count { append(key: texts[row], ordering: values[row]) }
    }

    private mutating func append(key: UnsafeRawBufferPointer, ordering: Int64) {
        items.append(avro: 1)
        items.append(avro: Int64(key.count))
        items.append(key)
        items.append(avro: 1)
        items.append(avro: partitionPath)
        append(ordering: ordering)
        count += 1
    }

    private mutating func append(ordering: Int64) {
        guard let orderingType, ordering != .min else {
            items.append(avro: 2)
            items.append(avro: 0)
            return
        }
        switch orderingType {
        case .boolean:
            items.append(avro: 1)
            items.append(ordering == 0 ? 0 : 1)
        case .int32:
            items.append(avro: 2)
            items.append(avro: ordering)
        case .float:
            items.append(avro: 4)
            items.append(littleEndian: Float(Column.floatingPoint(ofOrderingValue: ordering)).bitPattern)
        case .double:
            items.append(avro: 5)
            items.append(littleEndian: Column.floatingPoint(ofOrderingValue: ordering).bitPattern)
        case .date:
            items.append(avro: 8)
            items.append(avro: ordering)
        default:
            items.append(avro: 3)
            items.append(avro: ordering)
        }
    }

    /// The payload of the keys so far; the encoder goes on empty.
    package mutating func finish() -> Bytes {
        var payload = ByteBuilder(capacity: items.count + 12)
        if count > 0 {
            payload.append(avro: Int64(count))
            items.withUnsafeBytes { payload.append($0) }
        }
        payload.append(avro: 0)
        items.removeAll()
        count = 0
        return payload.finish()
    }
}
