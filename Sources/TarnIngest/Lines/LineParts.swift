import TarnBase

/// Bytes of a line, or of its scratch copy: valid until the next line is taken apart.
struct TextSpan {
    let start: UnsafeRawPointer
    let count: Int

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    func contains(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        let wanted = UnsafeRawBufferPointer(start: word.utf8Start, count: length)
        for offset in 0..<max(0, count - length + 1) where UnsafeRawBufferPointer(start: start + offset, count: length).elementsEqual(wanted) {
            return true
        }
        return false
    }
}

/// A record's key or value as the line has it.
enum RecordPart {
    /// The line has no such member.
    case absent
    case null
    /// A JSON value.
    case json(TextSpan)
    /// Text, its escapes resolved: of a key the key itself or JSON, of a value JSON.
    case text(TextSpan)
}

/// A line taken apart: the record around the event.
struct LineParts {
    var key = RecordPart.absent
    var value = RecordPart.absent
    var headers: TextSpan?
    /// Still with its escapes.
    var topic: JSONCursor.Text?
    var partition: Int64?
    var offset: Int64?
}

/// Takes lines apart by their format. Owns the copies of texts that had to be unescaped.
final class LineDissector {
    private let keyScratch = JSONScratch()
    private let valueScratch = JSONScratch()

    func parts(of line: TextSpan, as format: LineFormat) throws(Refusal) -> LineParts {
        var parts = LineParts()
        if format == .value {
            parts.value = .json(line)
            return parts
        }
        var cursor = JSONCursor(line.start, count: line.count)
        guard cursor.take(Ascii.openBrace) else { throw cursor.fault("an object is expected") }
        if !cursor.take(Ascii.closeBrace) {
            repeat {
                let name = try cursor.memberName()
                cursor.skipBlanks()
                try readMember(name, &cursor, format, &parts)
            } while try cursor.another(before: Ascii.closeBrace)
        }
        try cursor.finish()
        return parts
    }

    private func readMember(
        _ name: JSONCursor.Text, _ cursor: inout JSONCursor, _ format: LineFormat, _ parts: inout LineParts
    ) throws(Refusal) {
        switch (name.count, name.start.load(as: UInt8.self)) {
        case (3, UInt8(ascii: "k")) where name.isEqual("key"): parts.key = try part(&cursor, keyScratch)
        case (5, UInt8(ascii: "v")) where format == .record && name.isEqual("value"): parts.value = try part(&cursor, valueScratch)
        case (7, UInt8(ascii: "p")) where format == .kcat && name.isEqual("payload"): parts.value = try part(&cursor, valueScratch)
        case (5, UInt8(ascii: "t")) where name.isEqual("topic"):
            if cursor.byte == Ascii.quote { parts.topic = try cursor.text() } else { try cursor.skipValue() }
        case (9, UInt8(ascii: "p")) where format == .kcat && name.isEqual("partition"): parts.partition = try number(&cursor)
        case (6, UInt8(ascii: "o")) where format == .kcat && name.isEqual("offset"): parts.offset = try number(&cursor)
        case (7, UInt8(ascii: "h")) where name.isEqual("headers"):
            let start = cursor.at
            try cursor.skipValue()
            parts.headers = TextSpan(start: start, count: cursor.at - start)
        default: try cursor.skipValue()
        }
    }

    private func part(_ cursor: inout JSONCursor, _ scratch: JSONScratch) throws(Refusal) -> RecordPart {
        if cursor.byte == UInt8(ascii: "n") {
            try cursor.literal("null")
            return .null
        }
        if cursor.byte == Ascii.quote {
            let text = try scratch.unescape(try cursor.text())
            return .text(TextSpan(start: text.baseAddress!, count: text.count))
        }
        let start = cursor.at
        try cursor.skipValue()
        return .json(TextSpan(start: start, count: cursor.at - start))
    }

    private func number(_ cursor: inout JSONCursor) throws(Refusal) -> Int64 {
        guard cursor.byte == UInt8(ascii: "-") || Ascii.isDigit(cursor.byte), let value = try cursor.number().int64, value >= 0
        else { throw cursor.fault("a partition or offset is expected") }
        return value
    }

    /// The format of an input that begins with this line: what has a payload and an offset comes from kcat, what has a
    /// value beside a key or topic is a record, all else is the bare value.
    static func format(ofFirst line: TextSpan) -> LineFormat {
        var names: Set<String> = []
        var cursor = JSONCursor(line.start, count: line.count)
        do throws(Refusal) {
            guard cursor.take(Ascii.openBrace), !cursor.take(Ascii.closeBrace) else { return .value }
            repeat {
                names.insert(try JSONText.string(try cursor.memberName()))
                try cursor.skipValue()
            } while try cursor.another(before: Ascii.closeBrace)
        } catch {}
        if names.contains("op") { return .value }
        if names.isSuperset(of: ["topic", "partition", "offset"]) { return .kcat }
        return names.contains("value") && (names.contains("topic") || names.contains("key")) ? .record : .value
    }
}

extension JSONCursor.Text {
    func isEqual(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in 0..<count where start.load(fromByteOffset: index, as: UInt8.self) != name.utf8Start[index] { return false }
        return true
    }
}
