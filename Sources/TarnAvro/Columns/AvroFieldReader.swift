import TarnBase
import TarnColumns

/// Reads the values of one place in a schema and appends them to its column, or steps over them.
///
/// A class, so that the tree of readers is walked without copies.
final class AvroFieldReader {
    private enum Kind {
        case null, boolean, int, long, float, double, text
        case fixed(Int)
        case timeMillis
        case decimal
        case fixedDecimal(Int)
        case array(AvroFieldReader)
        case map(AvroFieldReader)
        case record([AvroFieldReader])
    }

    private let kind: Kind
    /// nil: the value is not wanted.
    private let target: ColumnBuilder?
    private let keys: ColumnBuilder?
    /// Which branch of a union is null and which the value; nil where the schema is no union.
    private let branches: (null: Int64, value: Int64, count: Int64)?

    /// - Precondition: ``Schema/init(avro:droppingMetaFields:)`` takes the schema: unions are of one type and null.
    init(_ schema: AvroSchema, into target: ColumnBuilder?, types: [String: AvroSchema], path: String) throws(AvroError) {
        self.target = target
        keys = (target as? MapBuilder)?.keys
        var value = schema
        if case .union(let all) = schema.shape {
            guard let index = all.firstIndex(where: { $0.shape != .null }) else {
                throw AvroError(.unsupported, "a column that is always null has no type", path: path)
            }
            value = all[index]
            branches = (Int64(all.firstIndex { $0.shape == .null } ?? -1), Int64(index), Int64(all.count))
        } else {
            branches = nil
        }
        if case .reference(let name) = value.shape {
            guard let named = types[name.fullName] else { throw AvroError(.schema, "the type \(name.fullName) is not defined", path: path) }
            value = named
        }
        switch value.shape {
        case .null: kind = .null
        case .boolean: kind = .boolean
        case .int: kind = value.logicalType == .timeMillis ? .timeMillis : .int
        case .long: kind = .long
        case .float: kind = .float
        case .double: kind = .double
        case .string: kind = .text
        case .bytes: kind = value.isDecimal ? .decimal : .text
        case .fixed(_, let size): kind = value.isDecimal ? .fixedDecimal(size) : .fixed(size)
        case .array(let items):
            kind = .array(try AvroFieldReader(items, into: (target as? ListBuilder)?.elements, types: types, path: "\(path).element"))
        case .map(let values):
            kind = .map(try AvroFieldReader(values, into: (target as? MapBuilder)?.values, types: types, path: "\(path).value"))
        case .record(let record):
            let children = (target as? StructBuilder)?.fields
            var fields: [AvroFieldReader] = []
            for (index, field) in record.fields.enumerated() {
                fields.append(try AvroFieldReader(field.schema, into: children?[index], types: types, path: "\(path).\(field.name)"))
            }
            kind = .record(fields)
        case .enumeration, .union, .reference:
            throw AvroError(.unsupported, "a column of type \(value.kindName)", path: path)
        }
    }

    func read(_ cursor: inout AvroCursor, _ budget: inout AvroValueBudget) throws(AvroError) {
        if let branches {
            let start = cursor.offset
            let branch = try cursor.long()
            if branch == branches.null {
                target?.appendNull()
                return
            }
            guard branch == branches.value else { throw AvroError(.data, "branch \(branch) of \(branches.count)", offset: start) }
        }
        switch kind {
        case .null: target?.appendNull()
        case .boolean:
            let value = try cursor.boolean()
            target?.appendBoolean(value)
        case .int:
            let value = try cursor.int()
            target?.appendInt32(value)
        case .long:
            let value = try cursor.long()
            target?.appendInt64(value)
        case .timeMillis:
            let value = try cursor.int()
            target?.appendInt64(Int64(value) * 1000)
        case .float:
            let value = try cursor.float()
            target?.appendFloat(value)
        case .double:
            let value = try cursor.double()
            target?.appendDouble(value)
        case .text:
            let bytes = try cursor.block()
            target?.appendUTF8(bytes)
        case .fixed(let size):
            let bytes = try cursor.take(size)
            target?.appendUTF8(bytes)
        case .decimal:
            let bytes = try cursor.block()
            try appendDecimal(bytes, cursor)
        case .fixedDecimal(let size):
            let bytes = try cursor.take(size)
            try appendDecimal(bytes, cursor)
        case .array(let elements):
            try cursor.readBlocks(&budget) { (cursor, budget) throws(AvroError) in try elements.read(&cursor, &budget) }
            (target as? ListBuilder)?.endList()
        case .map(let values):
            try cursor.readBlocks(&budget) { (cursor, budget) throws(AvroError) in
                let key = try cursor.block()
                keys?.appendUTF8(key)
                try values.read(&cursor, &budget)
            }
            (target as? MapBuilder)?.endMap()
        case .record(let fields):
            for field in fields { try field.read(&cursor, &budget) }
            (target as? StructBuilder)?.endStruct()
        }
    }

    /// Big-endian two's complement of any length that fits 128 bits.
    private func appendDecimal(_ bytes: UnsafeRawBufferPointer, _ cursor: AvroCursor) throws(AvroError) {
        guard let target else { return }
        var value: Int128 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
        let sign = UInt8(truncatingIfNeeded: value)
        for (index, byte) in bytes.enumerated() {
            if bytes.count - index > 16, byte != sign { throw cursor.fault("a decimal of more than 38 digits") }
            value = value &<< 8 | Int128(byte)
        }
        if bytes.count > 16, (value < 0) != (sign != 0) { throw cursor.fault("a decimal of more than 38 digits") }
        target.appendDecimal(value)
    }
}

extension AvroSchema {
    fileprivate var isDecimal: Bool {
        if case .decimal? = logicalType { true } else { false }
    }
}

extension AvroCursor {
    /// Arrays and maps come in blocks: a count and as many items, until a count of 0. A negative count is followed by the
    /// size of the block. Items of no bytes are counted against the budget.
    mutating func readBlocks(
        _ budget: inout AvroValueBudget,
        _ item: (inout AvroCursor, inout AvroValueBudget) throws(AvroError) -> Void
    ) throws(AvroError) {
        while true {
            let start = offset
            var count = try long()
            guard count != 0 else { return }
            var end: Int?
            if count < 0 {
                let size = try long()
                guard count != .min, size >= 0, size <= left else {
                    throw AvroError(.data, "a block of \(count) items in \(size) bytes", offset: start)
                }
                count = -count
                end = offset + Int(size)
            }
            while count > 0 {
                guard budget.take() else { throw fault("more values than so few bytes should hold") }
                try item(&self, &budget)
                count -= 1
            }
            guard end == nil || end == offset else { throw AvroError(.data, "a block of another size than it says", offset: start) }
        }
    }
}
