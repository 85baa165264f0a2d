import TarnBase
import TarnColumns

/// The values of each scalar type.
extension JSONRowDecoder {
    func readInteger(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) -> Int64 {
        guard isNumber(cursor) else { throw wrongType(cursor, index) }
        let number = try cursor.number()
        guard number.isInteger else {
            throw Refusal("column '\(paths[index])': expected \(nodes[index].typeName), found a number with a point or exponent")
        }
        guard let value = number.int64 else { throw outOfRange(index) }
        return value
    }

    func isNumber(_ cursor: JSONCursor) -> Bool {
        cursor.byte == UInt8(ascii: "-") || Ascii.isDigit(cursor.byte)
    }

    func readDouble(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        if let special = try readSpecial(&cursor, index) {
            nodes[index].appendDouble(special)
            return
        }
        guard let value = try cursor.number().double else { throw outOfRange(index) }
        nodes[index].appendDouble(value)
    }

    func readFloat(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        if let special = try readSpecial(&cursor, index) {
            nodes[index].appendFloat(Float(special))
            return
        }
        guard let value = try cursor.number().float else { throw outOfRange(index) }
        nodes[index].appendFloat(value)
    }

    /// `NaN` and the infinities, bare or as text; nil where a number stands.
    func readSpecial(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) -> Double? {
        let isText = cursor.byte == Ascii.quote
        let begin = cursor
        if isText { cursor.at += 1 }
        var value: Double?
        if cursor.takeWord("NaN") { value = .nan }
        if cursor.takeWord("Infinity") { value = .infinity }
        if cursor.takeWord("-Infinity") { value = -.infinity }
        if isText {
            guard value != nil, cursor.byte == Ascii.quote else { throw wrongType(begin, index) }
            cursor.at += 1
        }
        guard value != nil || isNumber(cursor) else { throw wrongType(begin, index) }
        return value
    }

    func readDecimal(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        let node = nodes[index]
        let value: Int128?
        if cursor.byte == Ascii.openBrace {
            let (scale, bytes) = try readScaleAndValue(&cursor, index)
            value = JSONScalars.int128(bigEndian: bytes).flatMap {
                JSONScalars.rescale($0, from: scale, to: node.scale, precision: node.precision)
            }
        } else if cursor.byte == Ascii.quote {
            let text = try scratch.unescape(try cursor.text())
            if isPlaceholder(text) { return markUnavailable(index) }
            if node.meaning.kind == .decimal {
                guard let bytes = scratch.base64(text) else { throw notText("base64", index) }
                value = JSONScalars.int128(bigEndian: bytes).flatMap {
                    JSONScalars.rescale($0, from: Int(node.meaning.scale), to: node.scale, precision: node.precision)
                }
            } else {
                value = JSONScalars.decimal(text, precision: node.precision, scale: node.scale)
            }
        } else {
            guard isNumber(cursor) else { throw wrongType(cursor, index) }
            let number = try cursor.number()
            value = JSONScalars.decimal(
                UnsafeRawBufferPointer(start: number.start, count: number.count), precision: node.precision, scale: node.scale)
        }
        guard let value else {
            throw Refusal("column '\(paths[index])': the value does not fit \(nodes[index].typeName) exactly")
        }
        node.appendDecimal(value)
    }

    /// Debezium's `VariableScaleDecimal`: `{"scale": 9, "value": "<base64>"}`. The bytes live until the next use of `scratch`.
    func readScaleAndValue(
        _ cursor: inout JSONCursor, _ index: Int
    ) throws(Refusal) -> (scale: Int, bytes: UnsafeRawBufferPointer) {
        cursor.at += 1
        var scale: Int64?
        var text: JSONCursor.Text?
        if !cursor.take(Ascii.closeBrace) {
            repeat {
                let name = try JSONText.string(try cursor.memberName())
                cursor.skipBlanks()
                switch name {
                case "scale" where isNumber(cursor): scale = try cursor.number().int64
                case "value" where cursor.byte == Ascii.quote: text = try cursor.text()
                default: throw Refusal("column '\(paths[index])': expected \(nodes[index].typeName), found object")
                }
            } while try cursor.another(before: Ascii.closeBrace)
        }
        guard let scale, (-1024...1024).contains(scale), let text, let bytes = scratch.base64(try scratch.unescape(text)) else {
            throw Refusal("column '\(paths[index])': expected \(nodes[index].typeName), found object")
        }
        return (Int(scale), bytes)
    }

    func readBinary(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        guard cursor.byte == Ascii.quote else { return try refuseOrMark(&cursor, index) }
        let text = try scratch.unescape(try cursor.text())
        if isPlaceholder(text) { return markUnavailable(index) }
        guard let bytes = scratch.base64(text) else { throw notText("base64", index) }
        if isPlaceholder(bytes) { return markUnavailable(index) }
        nodes[index].appendText(bytes)
    }

    func readDate(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        guard cursor.byte == Ascii.quote else {
            guard let days = Int32(exactly: try readInteger(&cursor, index)) else { throw outOfRange(index) }
            nodes[index].appendInt32(days)
            return
        }
        let text = try scratch.unescape(try cursor.text())
        if isPlaceholder(text) { return markUnavailable(index) }
        guard let days = JSONScalars.date(text) else { throw notText("a date (yyyy-MM-dd)", index) }
        nodes[index].appendInt32(days)
    }

    func readTimestamp(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        let time: Int64
        if cursor.byte == Ascii.quote {
            let text = try scratch.unescape(try cursor.text())
            if isPlaceholder(text) { return markUnavailable(index) }
            guard let parsed = JSONScalars.timestamp(text, perSecond: nodes[index].perSecond) else {
                throw notText("an RFC 3339 time that \(nodes[index].typeName) can hold", index)
            }
            time = parsed
        } else {
            time = try inUnit(try readInteger(&cursor, index), index, nodes[index].perSecond)
        }
        nodes[index].appendInt64(time)
        if index == watchedColumn { watchedValue = time }
    }

    func readTime(_ cursor: inout JSONCursor, _ index: Int) throws(Refusal) {
        let time: Int64?
        if cursor.byte == Ascii.quote {
            let text = try scratch.unescape(try cursor.text())
            if isPlaceholder(text) { return markUnavailable(index) }
            time = JSONScalars.time(text)
        } else {
            time = try inUnit(try readInteger(&cursor, index), index, 1_000_000)
        }
        guard let time, (0..<86_400_000_000).contains(time) else { throw notText("a time of day", index) }
        nodes[index].appendInt64(time)
    }

    /// A time in the column's unit, from the unit that the schema block gives, or the column's own.
    func inUnit(_ value: Int64, _ index: Int, _ perSecond: Int64) throws(Refusal) -> Int64 {
        let given: Int64
        switch nodes[index].meaning.kind {
        case .milliseconds: given = 1000
        case .microseconds: given = 1_000_000
        case .nanoseconds: given = 1_000_000_000
        default: return value
        }
        if given <= perSecond {
            let (product, overflow) = value.multipliedReportingOverflow(by: perSecond / given)
            guard !overflow else { throw outOfRange(index) }
            return product
        }
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: given / perSecond)
        guard rest == 0 else { throw Refusal("column '\(paths[index])': the time is finer than \(nodes[index].typeName)") }
        return quotient
    }
}
