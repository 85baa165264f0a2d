import TarnBase

/// What a Debezium envelope says around the row image (cdc-events 4, 4a).
struct DebeziumEnvelope {
    enum Image { case absent, null, row }

    /// `c`, `u`, `r`, `d`, `t`, `m`; 0 when there is none.
    var op: UInt8 = 0
    var after = Image.absent
    /// Looked at for the key alone, and only where the record has none: its other values may be invented.
    var before: TextSpan?
    /// A marker of `provide.transaction.metadata`.
    var isTransactionMarker = false
    var source = EventSource()

    /// Reads the envelope at `cursor`; the image goes to the row begun in `rows`.
    init(_ cursor: inout JSONCursor, _ rows: JSONRowDecoder, filled: Int?) throws(Refusal) {
        guard cursor.take(Ascii.openBrace) else { throw cursor.misfit("expected an envelope (an object)") }
        if cursor.take(Ascii.closeBrace) { return }
        repeat {
            let name = try cursor.memberName()
            cursor.skipBlanks()
            switch (name.count, name.start.load(as: UInt8.self)) {
            case (2, UInt8(ascii: "o")) where name.isEqual("op"): op = try DebeziumEnvelope.letter(&cursor)
            case (5, UInt8(ascii: "a")) where name.isEqual("after"): try readAfter(&cursor, rows, filled)
            case (6, UInt8(ascii: "s")) where name.isEqual("source"):
                if cursor.byte == Ascii.openBrace { source = try EventSource(&cursor) } else { try cursor.skipValue() }
            case (6, UInt8(ascii: "b")) where name.isEqual("before"):
                let start = cursor.at
                try cursor.skipValue()
                before = start.load(as: UInt8.self) == Ascii.openBrace ? TextSpan(start: start, count: cursor.at - start) : nil
            case (6, UInt8(ascii: "s")) where name.isEqual("status"):
                isTransactionMarker = true
                try cursor.skipValue()
            default: try cursor.skipValue()
            }
        } while try cursor.another(before: Ascii.closeBrace)
    }

    private mutating func readAfter(_ cursor: inout JSONCursor, _ rows: JSONRowDecoder, _ filled: Int?) throws(Refusal) {
        guard after == .absent else { throw Refusal("'after' occurs twice") }
        switch cursor.byte {
        case UInt8(ascii: "n"):
            try cursor.literal("null")
            after = .null
        case Ascii.openBrace:
            try rows.readRow(&cursor, except: filled)
            after = .row
        case Ascii.quote: throw Refusal("'after' is text, as Debezium's MongoDB connector writes it: this is --envelope debezium-mongo")
        default: throw cursor.misfit("'after': expected an object")
        }
    }

    private static func letter(_ cursor: inout JSONCursor) throws(Refusal) -> UInt8 {
        guard cursor.byte == Ascii.quote else { throw cursor.misfit("'op': expected text") }
        let text = try cursor.text()
        guard text.count == 1, !text.isEscaped else { throw Refusal("'op' is not one of c, u, r, d, t, m") }
        return text.start.load(as: UInt8.self)
    }
}

/// The `source` block: where and when the change happened.
struct EventSource {
    enum Connector { case unknown, postgres, mongo, oracle, other }

    var connector = Connector.unknown
    /// `ts_ms`: milliseconds since 1970 UTC.
    var milliseconds: Int64?
    /// PostgreSQL's log sequence number.
    var sequenceNumber: Int64?
    /// MongoDB's ordinal in the second.
    var ordinal: Int64?

    /// Whether the connector leaves out values that did not change (TOAST, LOB).
    var mayOmitValues: Bool { connector == .postgres || connector == .oracle }

    init() {}

    init(_ cursor: inout JSONCursor) throws(Refusal) {
        guard cursor.take(Ascii.openBrace), !cursor.take(Ascii.closeBrace) else { return }
        repeat {
            let name = try cursor.memberName()
            cursor.skipBlanks()
            switch (name.count, name.start.load(as: UInt8.self)) {
            case (5, UInt8(ascii: "t")) where name.isEqual("ts_ms"): milliseconds = try EventSource.integer(&cursor, "source.ts_ms")
            case (3, UInt8(ascii: "l")) where name.isEqual("lsn"): sequenceNumber = try EventSource.integer(&cursor, "source.lsn")
            case (3, UInt8(ascii: "o")) where name.isEqual("ord"): ordinal = try EventSource.integer(&cursor, "source.ord")
            case (9, UInt8(ascii: "c")) where name.isEqual("connector") && cursor.byte == Ascii.quote:
                let text = try cursor.text()
                connector =
                    text.isEqual("postgresql") ? .postgres : text.isEqual("mongodb") ? .mongo : text.isEqual("oracle") ? .oracle : .other
            default: try cursor.skipValue()
            }
        } while try cursor.another(before: Ascii.closeBrace)
    }

    private static func integer(_ cursor: inout JSONCursor, _ name: String) throws(Refusal) -> Int64? {
        if let value = cursor.shortInteger() { return value }
        if cursor.byte == UInt8(ascii: "n") {
            try cursor.literal("null")
            return nil
        }
        guard cursor.byte == UInt8(ascii: "-") || Ascii.isDigit(cursor.byte), let value = try cursor.number().int64 else {
            throw Refusal("'\(name)': expected an integer")
        }
        return value
    }
}
