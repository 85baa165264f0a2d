package import TarnBase
package import TarnColumns

/// The payload of a delete block of version 3: an Avro record `HoodieDeleteRecordList` (hudi-format §5.3).
package struct DeletedKeys: Sendable {
    /// The ordering value of a delete, in the branch it was written with: which Java class it is decides whether it is
    /// compared at all (§7.1).
    package enum Ordering: Hashable, Sendable {
        /// Null, or the int 0 that means "no ordering".
        case none
        case boolean(Bool)
        case int(Int32)
        case long(Int64)
        case float(Float)
        case double(Double)
        /// A branch whose class no column's value has: text, bytes, dates, decimals, times.
        case incomparable
    }

    /// Never null.
    package let keys: Column
    /// One a key.
    package let orderings: [Ordering]

    /// Decodes what `bytes` hold, from first to last.
    package init(decoding bytes: Bytes) throws(AvroError) {
        let builder = TextBuilder(.string)
        var orderings: [Ordering] = []
        try bytes.withUnsafeBytes { (buffer) throws(AvroError) in
            var cursor = AvroCursor(bytes: buffer)
            var budget = AvroValueBudget(byteCount: buffer.count)
            try cursor.readBlocks(&budget) { (cursor, _) throws(AvroError) in
                guard let key = try cursor.optionalText() else { throw cursor.fault("a delete without a record key") }
                guard UTF8Check.isValid(key) else { throw cursor.fault("a record key that is not UTF-8") }
                builder.appendUTF8(key)
                _ = try cursor.optionalText()
                orderings.append(try cursor.deleteOrdering())
            }
            guard cursor.isAtEnd else { throw cursor.fault("\(cursor.left) bytes behind the last delete") }
        }
        keys = builder.finish()
        self.orderings = orderings
    }
}

extension AvroCursor {
    /// A value of `["null", "string"]`.
    fileprivate mutating func optionalText() throws(AvroError) -> UnsafeRawBufferPointer? {
        switch try long() {
        case 0: return nil
        case 1: return try block()
        case let branch: throw fault("branch \(branch) of 2")
        }
    }

    /// A value of the union `orderingVal`; every branch but null is a record of one field.
    fileprivate mutating func deleteOrdering() throws(AvroError) -> DeletedKeys.Ordering {
        switch try long() {
        case 0: return .none
        case 1: return .boolean(try boolean())
        case 2:
            let value = try int()
            return value == 0 ? .none : .int(value)
        case 3: return .long(try long())
        case 4: return .float(try float())
        case 5: return .double(try double())
        case 6, 7, 9: _ = try block()
        case 8: _ = try int()
        case 10, 11: _ = try long()
        case let branch: throw fault("an ordering value of branch \(branch)")
        }
        return .incomparable
    }
}
