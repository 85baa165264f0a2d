import TarnBase
package import TarnColumns

/// Reads JSON objects into columns by the table's schema: no value becomes an object of its own on the way.
///
/// What each type takes (anything else is refused with the column's name):
///
/// | column | JSON |
/// |---|---|
/// | boolean | `true`, `false` |
/// | int32, int64 | an integer literal in range |
/// | float, double | a number, also an integer; `NaN`, `Infinity`, `-Infinity` bare or as text |
/// | string | text |
/// | decimal | a number or decimal text, exact at the column's scale; `{"scale", "value"}`; by schema block base64 |
/// | binary | base64 text |
/// | date | days since 1970, `yyyy-MM-dd` |
/// | timestamp | an integer in the column's unit (or the schema block's), RFC 3339 text no finer than the unit |
/// | time | microseconds since midnight (or the schema block's unit), `HH:mm:ss.ffffff` |
/// | list, struct, map | array; object with the fields of the schema; object (text keys) |
///
/// An unknown or repeated member refuses the row; a missing one is null where the schema allows it. One owner.
package final class JSONRowDecoder {
    package let schema: Schema
    private let builders: [ColumnBuilder]
    /// All columns, nested ones behind their parents; the top level comes first, in the schema's order.
    let nodes: UnsafeMutablePointer<JSONColumn>
    private let nodeCount: Int
    /// Behind a pointer, because a class's own variables are checked for exclusive access at every use.
    private let state: UnsafeMutablePointer<State>

    private struct State {
        var rowCount = 0
        /// A number for each object read, so that a column knows whether it has a value from this one.
        var instance = 0
        /// The number of the row begun.
        var row = 0
    }
    /// Dotted names, for messages.
    let paths: [String]
    private let patterns: UnsafeMutableRawPointer
    let scratch = JSONScratch()
    /// What stands for a value that the event does not carry; the empty text when there is no such thing.
    private let placeholder: Bytes
    /// Whether this row had values the event does not carry, and the top-level columns of them.
    private(set) var unavailable: [Int] = []
    /// A column of integers or timestamps whose values the caller wants to see one by one, and the latest.
    let watchedColumn: Int
    var watchedValue: Int64?

    package init(schema: Schema, placeholder: String = "", watchedColumn: Int? = nil) {
        self.schema = schema
        self.watchedColumn = watchedColumn ?? -1
        self.placeholder = Bytes(placeholder)
        builders = schema.fields.map { .make($0.type) }
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        var layout = JSONColumnLayout()
        layout.add(zip(schema.fields, builders).map { ($0, $1) })
        nodeCount = layout.columns.count
        paths = layout.paths
        nodes = .allocate(capacity: max(1, nodeCount))
        nodes.initialize(from: layout.columns, count: nodeCount)
        patterns = .allocate(byteCount: layout.patterns.count + 16, alignment: 16)
        layout.patterns.withUnsafeBytes { patterns.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    deinit {
        nodes.deallocate()
        state.deallocate()
        patterns.deallocate()
    }

    var topLevel: Range<Int> { 0..<schema.fields.count }

    /// Tells what the integers and texts of the coming rows mean; nil = what stands in the table above.
    func setMeaning(_ row: ConnectSchema?) { setMeaning(row?.fields, topLevel) }

    private func setMeaning(_ fields: [String: ConnectSchema]?, _ range: Range<Int>) {
        for index in range { setMeaning(fields?[nodes[index].name(in: patterns)], index) }
    }

    private func setMeaning(_ schema: ConnectSchema?, _ index: Int) {
        nodes[index].meaning = schema?.meaning ?? .plain
        switch nodes[index].kind {
        case .structure: setMeaning(schema?.fields, nodes[index].children)
        case .list, .map: setMeaning(schema?.elements.first, nodes[index].children.upperBound - 1)
        default: break
        }
    }

    // MARK: Rows

    /// Rows ended.
    var rowCount: Int { state.pointee.rowCount }
    /// Memory held, for budgets.
    var byteCount: Int { builders.reduce(0) { $0 + $1.byteCount } }

    func beginRow() {
        state.pointee.instance &+= 1
        state.pointee.row = state.pointee.instance
    }

    /// Whether the row begun has a value for this top-level column.
    func hasValue(_ column: Int) -> Bool { nodes[column].instance == state.pointee.row }

    /// Appends the value of a column of 64-bit integers that the text does not give.
    func fill(_ column: Int, with value: Int64) {
        nodes[column].appendInt64(value)
        nodes[column].instance = state.pointee.row
    }

    /// Appends the value of a text column that the text does not give.
    func fill(_ column: Int, withText text: UnsafeRawBufferPointer) {
        nodes[column].appendText(text)
        nodes[column].instance = state.pointee.row
    }

    /// Ends the row; columns without a value get a null, whatever the schema says of nulls.
    func endRow() {
        let row = state.pointee.row
        for index in topLevel where nodes[index].instance != row { nodes[index].appendNull() }
        state.pointee.rowCount &+= 1
    }

    /// Forgets what was appended since the last row ended, and begins another one.
    func discardRow() {
        for builder in builders { builder.truncate(to: state.pointee.rowCount) }
        beginRow()
    }

    /// The rows so far; the decoder begins a new batch.
    func finish() -> RecordBatch {
        let rows = state.pointee.rowCount
        state.pointee.rowCount = 0
        return RecordBatch(schema: schema, columns: builders.map { $0.finish() }, rowCount: rows)
    }

    /// Reads the object at `cursor` as the row begun: every column gets at most one value.
    /// - Parameter filled: A column that the caller appends itself; a value for it is passed over.
    func readRow(_ cursor: inout JSONCursor, except filled: Int?) throws(Refusal) {
        if !unavailable.isEmpty { unavailable.removeAll(keepingCapacity: true) }
        if watchedColumn >= 0 { watchedValue = nil }
        try readMembers(&cursor, topLevel, instance: state.pointee.row, filled: filled)
    }

    /// Reads, of the object at `cursor`, the columns `wanted`; other members are passed over, known or not.
    func readSelected(_ cursor: inout JSONCursor, _ wanted: [Int]) throws(Refusal) {
        guard cursor.take(Ascii.openBrace) else { throw cursor.misfit("expected an object") }
        if cursor.take(Ascii.closeBrace) { return }
        repeat {
            let name = try cursor.memberName()
            if let index = find(name, topLevel, after: topLevel.lowerBound), wanted.contains(index) {
                guard !hasValue(index) else { throw repeated(index) }
                nodes[index].instance = state.pointee.row
                try readValue(&cursor, index)
            } else {
                try cursor.skipValue()
            }
        } while try cursor.another(before: Ascii.closeBrace)
    }

    /// Reads a JSON value that is the whole of `text` as a value of one column.
    func readScalar(_ text: TextSpan, _ index: Int) throws(Refusal) {
        // A number's end is told from what follows it, so the text is framed.
        let framed = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count + 65, alignment: 16)
        defer { framed.deallocate() }
        framed.copyMemory(from: text.buffer)
        framed[text.count] = Ascii.comma
        var cursor = JSONCursor(framed.baseAddress!, count: text.count + 1)
        nodes[index].instance = state.pointee.row
        try readValue(&cursor, index)
        guard cursor.take(Ascii.comma), cursor.at == cursor.end else { throw Refusal("column '\(paths[index])': the key is not one value") }
    }

    private func readMembers(_ cursor: inout JSONCursor, _ columns: Range<Int>, instance: Int, filled: Int?) throws(Refusal) {
        guard cursor.take(Ascii.openBrace) else { throw cursor.misfit("expected an object") }
        var found = 0
        if !cursor.take(Ascii.closeBrace) {
            var expected = columns.lowerBound
            repeat {
                cursor.skipBlanks()
                var index = expected
                // Writers keep the order of their fields: compare with `"name":` of the next column at once.
                if expected < columns.upperBound, nodes[expected].isNext(at: cursor, patterns) {
                    cursor.at += nodes[expected].patternCount
                } else {
                    let name = try cursor.memberName()
                    guard let known = find(name, columns, after: expected) else { throw unknown(name, columns) }
                    index = known
                }
                expected = index &+ 1
                if index == filled {
                    try cursor.skipValue()
                    continue
                }
                guard nodes[index].instance != instance else { throw repeated(index) }
                nodes[index].instance = instance
                try readValue(&cursor, index)
                found &+= 1
            } while try cursor.another(before: Ascii.closeBrace)
        }
        if found < columns.count { try appendMissing(columns, instance: instance, filled: filled) }
    }

    private func appendMissing(_ columns: Range<Int>, instance: Int, filled: Int?) throws(Refusal) {
        for index in columns where nodes[index].instance != instance && index != filled {
            guard nodes[index].isNullable else { throw Refusal("column '\(paths[index])' is missing") }
            nodes[index].appendNull()
            nodes[index].instance = instance
        }
    }

    private func find(_ name: JSONCursor.Text, _ columns: Range<Int>, after expected: Int) -> Int? {
        guard !name.isEscaped else {
            guard let text = try? JSONText.string(name) else { return nil }
            return columns.first { nodes[$0].name(in: patterns) == text }
        }
        // Columns that a writer leaves out are passed over in order, so the next match is usually near.
        for index in expected..<max(expected, columns.upperBound) where nodes[index].isNamed(name, patterns) { return index }
        for index in columns.lowerBound..<min(expected, columns.upperBound) where nodes[index].isNamed(name, patterns) {
            return index
        }
        return nil
    }

    // MARK: Values

    private func readValue(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        let node = nodes + index
        cursor.skipBlanks()
        let first = cursor.byte
        if first == UInt8(ascii: "n") {
            try cursor.literal("null")
            guard node.pointee.isNullable else { throw Refusal("column '\(paths[index])' is null") }
            node.pointee.appendNull()
            return
        }
        switch node.pointee.kind {
        case .string:
            guard first == Ascii.quote else { return try readForeignText(&cursor, index) }
            let text = try cursor.text()
            if text.isEscaped {
                let unescaped = try scratch.unescape(text)
                if isPlaceholder(unescaped) { return markUnavailable(index) }
                node.pointee.appendText(unescaped)
            } else {
                let bytes = UnsafeRawBufferPointer(start: text.start, count: text.count)
                if isPlaceholder(bytes) { return markUnavailable(index) }
                node.pointee.appendText(bytes)
            }
        case .double:
            if let value = cursor.shortDouble() {
                node.pointee.appendDouble(value)
            } else {
                try readDouble(&cursor, index)
            }
        case .int64:
            let value: Int64
            if let short = cursor.shortInteger() { value = short } else { value = try readInteger(&cursor, index) }
            node.pointee.appendInt64(value)
            if index == watchedColumn { watchedValue = value }
        case .int32:
            let value: Int64
            if let short = cursor.shortInteger() { value = short } else { value = try readInteger(&cursor, index) }
            guard let narrow = Int32(exactly: value) else { throw outOfRange(index) }
            node.pointee.appendInt32(narrow)
        case .boolean:
            if first == UInt8(ascii: "t") {
                try cursor.literal("true")
                node.pointee.appendBoolean(true)
            } else if first == UInt8(ascii: "f") {
                try cursor.literal("false")
                node.pointee.appendBoolean(false)
            } else {
                try refuseOrMark(&cursor, index)
            }
        case .float: try readFloat(&cursor, index)
        case .decimal: try readDecimal(&cursor, index)
        case .binary: try readBinary(&cursor, index)
        case .date: try readDate(&cursor, index)
        case .timestamp: try readTimestamp(&cursor, index)
        case .time: try readTime(&cursor, index)
        case .list: try readList(&cursor, index)
        case .map: try readMap(&cursor, index)
        case .structure:
            guard first == Ascii.openBrace else { return try refuseOrMark(&cursor, index) }
            state.pointee.instance &+= 1
            try readMembers(&cursor, node.pointee.children, instance: state.pointee.instance, filled: nil)
            node.pointee.endStruct()
        }
    }

    private func readList(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        guard cursor.byte == Ascii.openBracket else { return try refuseOrMark(&cursor, index) }
        cursor.at += 1
        let element = nodes[index].children.lowerBound
        if !cursor.take(Ascii.closeBracket) {
            repeat { try readValue(&cursor, element) } while try cursor.another(before: Ascii.closeBracket)
        }
        guard nodes[element].count <= Int(Int32.max) else { throw Refusal("column '\(paths[index])' has too many elements") }
        nodes[index].endList()
    }

    private func readMap(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        let children = nodes[index].children
        guard cursor.byte == Ascii.openBrace, nodes[children.lowerBound].kind == .string else {
            return try refuseOrMark(&cursor, index)
        }
        cursor.at += 1
        if !cursor.take(Ascii.closeBrace) {
            repeat {
                let name = try cursor.memberName()
                nodes[children.lowerBound].appendText(try scratch.unescape(name))
                try readValue(&cursor, children.lowerBound + 1)
            } while try cursor.another(before: Ascii.closeBrace)
        }
        guard nodes[children.lowerBound].count <= Int(Int32.max) else { throw Refusal("column '\(paths[index])' has too many entries") }
        nodes[index].endMap()
    }

    /// What a text column takes besides text: numbers that the event's schema block declares as such.
    @inline(never)
    private func readForeignText(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        switch nodes[index].meaning.kind {
        case .integer where cursor.byte == UInt8(ascii: "-") || Ascii.isDigit(cursor.byte):
            let number = try cursor.number()
            guard number.isInteger else { throw wrongType(cursor, index) }
            nodes[index].appendText(UnsafeRawBufferPointer(start: number.start, count: number.count))
        case .variableScaleDecimal where cursor.byte == Ascii.openBrace:
            let (scale, bytes) = try readScaleAndValue(&cursor, index)
            guard let text = JSONScalars.decimalText(bigEndian: bytes, scale: scale) else { throw outOfRange(index) }
            nodes[index].appendText(Array(text.utf8))
        default: throw wrongType(cursor, index)
        }
    }

    // MARK: Values that the event does not carry

    @inline(__always)
    func isPlaceholder(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count == placeholder.count && text.count > 0 && isEqualToPlaceholder(text)
    }

    @inline(never)
    private func isEqualToPlaceholder(_ text: UnsafeRawBufferPointer) -> Bool {
        placeholder.withUnsafeBytes { $0.elementsEqual(text) }
    }

    /// Also for a list of one placeholder: the whole top-level column is what the event does not carry.
    func markUnavailable(_ index: Int) {
        nodes[index].appendNull()
        let column = nodes[index].topLevel
        if !unavailable.contains(column) { unavailable.append(column) }
    }

    /// The placeholder can stand in a column of any type; everything else here is of the wrong one.
    func refuseOrMark(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        guard cursor.byte == Ascii.quote else { throw wrongType(cursor, index) }
        let begin = cursor
        let text = try scratch.unescape(try cursor.text())
        guard isPlaceholder(text) else { throw wrongType(begin, index) }
        markUnavailable(index)
    }

    // MARK: Refusals

    @inline(never)
    func wrongType(_ cursor: JSONCursor, _ index: Int) -> Refusal {
        cursor.misfit("column '\(paths[index])': expected \(nodes[index].typeName)")
    }

    @inline(never)
    func outOfRange(_ index: Int) -> Refusal {
        Refusal("column '\(paths[index])': the number is out of range of \(nodes[index].typeName)")
    }

    @inline(never)
    func notText(_ what: String, _ index: Int) -> Refusal {
        Refusal("column '\(paths[index])': the text is not \(what)")
    }

    @inline(never)
    func repeated(_ index: Int) -> Refusal { Refusal("column '\(paths[index])' occurs twice") }

    @inline(never)
    func unknown(_ name: JSONCursor.Text, _ columns: Range<Int>) -> Refusal {
        let parent = columns.first.map { paths[$0].split(separator: ".").dropLast().joined(separator: ".") } ?? ""
        guard let text = try? JSONText.string(name) else { return Refusal("not valid JSON: a member name is malformed") }
        let prefix = nodes[columns.lowerBound].isTopLevel || parent.isEmpty ? "" : parent + "."
        return Refusal("unknown column '\(prefix)\(text.prefix(200))'")
    }
}
