import TarnBase

/// Kafka Connect's JSON converter may put `{"schema", "payload"}` around a value, and encode it twice (cdc-events 2).
///
/// Remembers the last schema block: as a rule all messages of a topic carry the same one.
final class ConnectWrapper {
    private var lastText = Bytes()
    private var lastSchema: ConnectSchema?
    private let scratch = JSONScratch()

    struct Content {
        /// Where the value proper begins.
        var cursor: JSONCursor
        let schema: ConnectSchema?
        /// Whether `schema` is another one than last time.
        let isNewSchema: Bool
        /// Whether there was a wrapper.
        let isWrapped: Bool
    }

    /// Looks through a wrapper, if there is one, and through a text that holds JSON. The text around the payload has
    /// been checked when this returns; the payload has not.
    func open(_ text: TextSpan) throws(Refusal) -> Content {
        var cursor = JSONCursor(text.start, count: text.count)
        cursor.skipBlanks()
        if cursor.byte == Ascii.quote {
            let inner = try scratch.unescape(try cursor.text())
            try cursor.finish()
            cursor = JSONCursor(inner.baseAddress!, count: inner.count)
            cursor.skipBlanks()
        }
        guard isWrapper(cursor) else { return Content(cursor: cursor, schema: nil, isNewSchema: false, isWrapped: false) }
        return try openWrapper(cursor)
    }

    /// The first member is `schema` or `payload`.
    private func isWrapper(_ cursor: JSONCursor) -> Bool {
        var probe = cursor
        guard probe.take(Ascii.openBrace) else { return false }
        probe.skipBlanks()
        guard probe.byte == Ascii.quote, let name = try? probe.text() else { return false }
        return name.isEqual("schema") || name.isEqual("payload")
    }

    private func openWrapper(_ start: JSONCursor) throws(Refusal) -> Content {
        var cursor = start
        var payload: JSONCursor?
        var isNew = false
        var schema: ConnectSchema?
        _ = cursor.take(Ascii.openBrace)
        repeat {
            let name = try cursor.memberName()
            cursor.skipBlanks()
            if name.isEqual("schema") {
                (schema, isNew) = try readSchema(&cursor)
            } else if name.isEqual("payload") {
                let begin = cursor.at
                try cursor.skipValue()
                payload = JSONCursor(begin, count: cursor.at - begin)
            } else {
                throw Refusal("a message with 'schema' and 'payload' has a third member")
            }
        } while try cursor.another(before: Ascii.closeBrace)
        try cursor.finish()
        guard var payload else { throw Refusal("a message with 'schema' has no 'payload'") }
        if payload.byte == Ascii.quote {
            let inner = try scratch.unescape(try payload.text())
            payload = JSONCursor(inner.baseAddress!, count: inner.count)
        }
        return Content(cursor: payload, schema: schema, isNewSchema: isNew, isWrapped: true)
    }

    private func readSchema(_ cursor: inout JSONCursor) throws(Refusal) -> (ConnectSchema?, isNew: Bool) {
        // A complete object that is a prefix of the text is the object that stands there.
        let isSame = lastText.count > 0 && cursor.end - cursor.at >= lastText.count
            && lastText.withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(start: cursor.at, count: $0.count)) }
        if isSame {
            cursor.at += lastText.count
            return (lastSchema, false)
        }
        let begin = cursor.at
        try cursor.skipValue()
        guard begin.load(as: UInt8.self) == Ascii.openBrace else { return (nil, false) }
        let text = Bytes(copying: UnsafeRawBufferPointer(start: begin, count: cursor.at - begin))
        guard let json = try? JSON(parsing: text) else { throw Refusal("the schema block is not valid JSON") }
        lastText = text
        lastSchema = ConnectSchema(json)
        return (lastSchema, true)
    }
}
