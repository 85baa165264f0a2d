import TarnBase

struct AvroDecoder {
    var cursor: AvroCursor
    var budget: AvroValueBudget
    private let types: [String: AvroSchema]

    init(bytes: UnsafeRawBufferPointer, types: [String: AvroSchema], budget: AvroValueBudget) {
        cursor = AvroCursor(bytes: bytes)
        self.types = types
        self.budget = budget
    }

    mutating func value(of schema: AvroSchema, depth: Int) throws(AvroError) -> AvroValue {
        guard depth < 2 * AvroSchema.maximumDepth else { throw cursor.fault("values nested too deep") }
        guard budget.take() else { throw cursor.fault("more values than so few bytes should hold") }
        switch schema.shape {
        case .null: return .null
        case .boolean: return .boolean(try cursor.boolean())
        case .int: return .int(try cursor.int())
        case .long: return .long(try cursor.long())
        case .float: return .float(try cursor.float())
        case .double: return .double(try cursor.double())
        case .bytes: return .bytes(Bytes(copying: try cursor.block()))
        case .string: return .string(try cursor.string())
        case .fixed(_, let size): return .fixed(Bytes(copying: try cursor.take(size)))
        case .enumeration(_, let symbols): return .enumeration(symbols[try index(below: symbols.count, "symbol")])
        case .union(let branches):
            return try value(of: branches[try index(below: branches.count, "branch")], depth: depth + 1)
        case .reference(let name):
            guard let type = types[name.fullName] else { throw cursor.fault("the type \(name.fullName) is not defined") }
            return try value(of: type, depth: depth + 1)
        case .array(let items):
            var elements: [AvroValue] = []
            try blocks { (decoder) throws(AvroError) in elements.append(try decoder.value(of: items, depth: depth + 1)) }
            return .array(elements)
        case .map(let values):
            var members: [AvroValue.Member] = []
            try blocks { (decoder) throws(AvroError) in
                let key = try decoder.cursor.string()
                members.append(AvroValue.Member(key, try decoder.value(of: values, depth: depth + 1)))
            }
            return .map(members)
        case .record(let record):
            var members: [AvroValue.Member] = []
            for field in record.fields {
                members.append(AvroValue.Member(field.name, try value(of: field.schema, depth: depth + 1)))
            }
            return .record(name: record.name.fullName, members)
        }
    }

    private mutating func index(below count: Int, _ noun: String) throws(AvroError) -> Int {
        let start = cursor.offset
        let index = try cursor.long()
        guard index >= 0, index < Int64(count) else {
            throw AvroError(.data, "\(noun) \(index) of \(count)", offset: start)
        }
        return Int(index)
    }

    /// Arrays and maps come in blocks: a count and as many items, until a count of 0. A negative count is followed by the
    /// size of the block.
    private mutating func blocks(_ item: (inout AvroDecoder) throws(AvroError) -> Void) throws(AvroError) {
        while true {
            let start = cursor.offset
            var count = try cursor.long()
            guard count != 0 else { return }
            var end: Int?
            if count < 0 {
                let size = try cursor.long()
                guard count != .min, size >= 0, size <= cursor.left else {
                    throw AvroError(.data, "a block of \(count) items in \(size) bytes", offset: start)
                }
                count = -count
                end = cursor.offset + Int(size)
            }
            while count > 0 {
                try item(&self)
                count -= 1
            }
            guard end == nil || end == cursor.offset else { throw AvroError(.data, "a block of another size than it says", offset: start) }
        }
    }
}
