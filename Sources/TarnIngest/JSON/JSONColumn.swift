import TarnColumns

/// One column as the row decoder walks it: trivial to copy, so that no value costs a reference count.
struct JSONColumn {
    enum Kind: UInt8 {
        case boolean, int32, int64, float, double, string, binary, date, decimal, timestamp, time, list, map, structure
    }

    let kind: Kind
    let isNullable: Bool
    let isTopLevel: Bool
    /// The top-level column this one lies in.
    let topLevel: Int
    /// Owned by the batch builder, which lives as long as the decoder.
    let builder: Unmanaged<ColumnBuilder>
    /// `"name":`, in the decoder's pattern memory.
    let patternStart: Int
    let patternCount: Int
    var children: Range<Int>
    let precision: Int
    let scale: Int
    let perSecond: Int64
    var meaning = ConnectMeaning.plain
    /// Of the object that gave the latest value.
    var instance = 0

    @inline(__always)
    var count: Int { builder._withUnsafeGuaranteedRef { $0.count } }

    func appendNull() { builder._withUnsafeGuaranteedRef { $0.appendNull() } }

    @inline(__always)
    private func with<Builder: ColumnBuilder>(_ type: Builder.Type, _ body: (Builder) -> Void) {
        builder._withUnsafeGuaranteedRef { body(unsafeDowncast($0, to: Builder.self)) }
    }

    // The kind says which class the builder has; both were made from one type (`JSONColumnLayout`).
    @inline(__always) func appendInt64(_ value: Int64) { with(Int64Builder.self) { $0.appendInt64(value) } }
    @inline(__always) func appendInt32(_ value: Int32) { with(Int32Builder.self) { $0.appendInt32(value) } }
    @inline(__always) func appendDouble(_ value: Double) { with(DoubleBuilder.self) { $0.appendDouble(value) } }
    @inline(__always) func appendText(_ bytes: UnsafeRawBufferPointer) { with(TextBuilder.self) { $0.appendUTF8(bytes) } }
    func appendText(_ bytes: [UInt8]) { bytes.withUnsafeBytes { appendText($0) } }
    func appendFloat(_ value: Float) { with(FloatBuilder.self) { $0.appendFloat(value) } }
    func appendBoolean(_ value: Bool) { with(BooleanBuilder.self) { $0.appendBoolean(value) } }
    func appendDecimal(_ value: Int128) { with(DecimalBuilder.self) { $0.appendDecimal(value) } }
    func endList() { with(ListBuilder.self) { $0.endList() } }
    func endMap() { with(MapBuilder.self) { $0.endMap() } }
    func endStruct() { with(StructBuilder.self) { $0.endStruct() } }

    /// Whether `"name":` of this column stands at the cursor. A pattern holds no byte that can follow a line's end, and
    /// the text is readable 16 bytes beyond its end.
    @inline(__always)
    func isNext(at cursor: JSONCursor, _ patterns: UnsafeMutableRawPointer) -> Bool {
        guard cursor.end - cursor.at >= patternCount else { return false }
        return JSONColumn.isEqual(cursor.at, patterns + patternStart, patternCount)
    }

    func isNamed(_ name: JSONCursor.Text, _ patterns: UnsafeMutableRawPointer) -> Bool {
        name.count == patternCount - 3 && JSONColumn.isEqual(name.start, patterns + patternStart + 1, name.count)
    }

    func name(in patterns: UnsafeMutableRawPointer) -> String {
        String(decoding: UnsafeRawBufferPointer(start: patterns + patternStart + 1, count: patternCount - 3), as: UTF8.self)
    }

    var typeName: String { builder._withUnsafeGuaranteedRef { $0.type.description } }

    /// Reads up to 7 bytes behind either end, which both sides allow.
    @inline(__always)
    private static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            if left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != UnsafeRawPointer(right).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            { return false }
            offset &+= 8
        }
        let rest = count &- offset
        if rest == 0 { return true }
        let difference =
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            ^ UnsafeRawPointer(right).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return difference &<< UInt64(truncatingIfNeeded: (8 &- rest) &* 8) == 0
    }
}

/// Lays the columns of a schema out in one array, children behind their parents.
struct JSONColumnLayout {
    var columns: [JSONColumn] = []
    var paths: [String] = []
    var patterns: [UInt8] = [0]

    /// Adds a schema's columns.
    mutating func add(_ fields: [(Field, ColumnBuilder)]) { _ = add(fields, below: nil, topLevel: nil) }

    private mutating func add(_ fields: [(Field, ColumnBuilder)], below path: String?, topLevel: Int?) -> Range<Int> {
        let first = columns.count
        for (offset, (field, builder)) in fields.enumerated() {
            append(field, builder, path.map { "\($0).\(field.name)" } ?? field.name, topLevel ?? offset, isTopLevel: topLevel == nil)
        }
        for (offset, (field, builder)) in fields.enumerated() {
            let index = first + offset
            let children: [(Field, ColumnBuilder)]
            switch field.type {
            case .list(let element): children = [(element, (builder as! ListBuilder).elements)]
            case .map(let key, let value):
                let map = builder as! MapBuilder
                children = [(key, map.keys), (value, map.values)]
            case .struct(let members): children = Array(zip(members, (builder as! StructBuilder).fields))
            default: continue
            }
            columns[index].children = add(children, below: paths[index], topLevel: columns[index].topLevel)
        }
        return first..<(first + fields.count)
    }

    private mutating func append(_ field: Field, _ builder: ColumnBuilder, _ path: String, _ topLevel: Int, isTopLevel: Bool) {
        let start = patterns.count
        patterns += [Ascii.quote] + Array(field.name.utf8) + [Ascii.quote, Ascii.colon]
        var precision = 0
        var scale = 0
        var perSecond: Int64 = 1
        let kind: JSONColumn.Kind
        switch field.type {
        case .boolean: kind = .boolean
        case .int32: kind = .int32
        case .int64: kind = .int64
        case .float: kind = .float
        case .double: kind = .double
        case .string: kind = .string
        case .binary: kind = .binary
        case .date: kind = .date
        case .time: kind = .time
        case .decimal(let digits, let fraction):
            kind = .decimal
            precision = digits
            scale = fraction
        case .timestamp(let unit):
            kind = .timestamp
            perSecond = unit.perSecond
        case .list: kind = .list
        case .map: kind = .map
        case .struct: kind = .structure
        }
        columns.append(
            JSONColumn(
                kind: kind, isNullable: field.isNullable, isTopLevel: isTopLevel, topLevel: topLevel,
                builder: Unmanaged.passUnretained(builder), patternStart: start, patternCount: patterns.count - start,
                children: 0..<0, precision: precision, scale: scale, perSecond: perSecond))
        paths.append(path)
    }
}
