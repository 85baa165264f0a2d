import TarnBase
import TarnColumns
import TarnWrite

/// What became of one record.
enum EventOutcome {
    /// One row more in the batch.
    case change(ChangeKind)
    /// Nothing to do, by rule: a tombstone, a logical message, a transaction marker, a heartbeat.
    case passed
    case refused(Refusal)
}

/// Turns records into rows of change batches (events/README, cli.md "Ordering of change events").
///
/// The rules, each with its reason:
/// - Of a delete only the key is used, from the record's key, else from `before`: with replica identity default the other
///   values of `before` are invented.
/// - Tombstones are passed over; the delete came before them.
/// - A truncate removes rows that nothing names: it is refused, so that somebody sees it.
final class EventDecoder {
    let rows: JSONRowDecoder
    private let settings: IngestSettings
    private let keyColumns: [Int]
    private let ordering: OrderingRule
    private let wrapper = ConnectWrapper()
    private let keyWrapper = ConnectWrapper()
    private let keyScratch = JSONScratch()
    /// Whose schema block the row decoder goes by.
    private var meaning = Meaning.none
    private enum Meaning { case none, row, key }

    private(set) var kinds: [ChangeKind] = []
    private let eventTimes = Int64Builder(.int64)
    /// Event time of the record decoded last.
    private(set) var lastEventTime: Int64?
    /// The record decoded last is the delete of a key update: its create, which may need the row, comes next.
    private(set) var opensKeyUpdate = false
    /// Whether a source was seen that leaves unchanged values out.
    private(set) var sawOmittingSource = false
    /// Rows of this batch with values that the event does not carry.
    private(set) var patches: [RowPatch] = []

    /// A row whose event left columns out, and where to look for them.
    struct RowPatch {
        let row: Int
        let columns: [Int]
        /// The key before this event changed it, from the header `__debezium.oldkey`: record key text.
        let oldKey: [String]?
    }

    init(schema: Schema, keyFields: [String], orderingField: String?, settings: IngestSettings) throws(IngestError) {
        switch settings.envelope {
        case .debezium, .plain: break
        case .debeziumMongo, .mongo: throw IngestError(.unsupported, "--envelope \(settings.envelope.rawValue) does not work yet")
        }
        guard settings.contract == .strict else {
            throw IngestError(.unsupported, "--contract additive does not work yet: unknown columns are put aside (--contract strict)")
        }
        self.settings = settings
        let placeholder = settings.envelope == .debezium ? settings.unavailablePlaceholder : ""
        ordering = try OrderingRule(schema: schema, field: orderingField, settings: settings)
        rows = JSONRowDecoder(schema: schema, placeholder: placeholder, watchedColumn: ordering.watermarkColumn)
        var keyColumns: [Int] = []
        for field in keyFields {
            guard let index = schema.index(of: field) else { throw IngestError(.invalid, "the schema lacks the key column '\(field)'") }
            keyColumns.append(index)
        }
        self.keyColumns = keyColumns
    }

    /// Rows so far.
    var rowCount: Int { kinds.count }
    var byteCount: Int { rows.byteCount }

    /// The rows so far as changes; the decoder begins a new batch. The patches stay until the next record is decoded.
    func takeBatch() -> ChangeBatch {
        let batch = rows.finish()
        let isAllUpserts = kinds.allSatisfy { $0 == .upsert }
        let changes = ChangeBatch(rows: batch, kinds: isAllUpserts ? nil : kinds, eventTimes: eventTimes.finish())
        kinds.removeAll(keepingCapacity: true)
        return changes
    }

    func takePatches() -> [RowPatch] {
        defer { patches = [] }
        return patches
    }

    /// Decodes one record.
    func decode(_ parts: LineParts, topic: String?) -> EventOutcome {
        lastEventTime = nil
        opensKeyUpdate = false
        rows.beginRow()
        do throws(Refusal) {
            guard let kind = try decodeRow(parts, topic) else {
                rows.discardRow()
                return .passed
            }
            rows.endRow()
            kinds.append(kind)
            if let lastEventTime { eventTimes.appendInt64(lastEventTime) } else { eventTimes.appendNull() }
            return .change(kind)
        } catch {
            rows.discardRow()
            return .refused(error)
        }
    }

    private func decodeRow(_ parts: LineParts, _ topic: String?) throws(Refusal) -> ChangeKind? {
        let text: TextSpan
        switch parts.value {
        case .absent: throw Refusal("the record has no value")
        case .null:
            if settings.envelope == .debezium { return nil }
            return try decodeDelete(parts, before: nil, source: EventSource())
        case .json(let span), .text(let span): text = span
        }
        var content = try wrapper.open(text)
        if content.isWrapped && settings.envelope == .plain && isOwnColumns { content = try unwrapped(text) }
        setMeaning(content)
        if content.cursor.byte == UInt8(ascii: "n") {
            try content.cursor.literal("null")
            try content.cursor.finish()
            return settings.envelope == .debezium ? nil : try decodeDelete(parts, before: nil, source: EventSource())
        }
        return settings.envelope == .plain ? try decodePlain(&content.cursor) : try decodeDebezium(&content.cursor, parts, topic)
    }

    /// A table may have columns of these names; its rows are then taken as they are.
    private var isOwnColumns: Bool { rows.schema.index(of: "payload") != nil || rows.schema.index(of: "schema") != nil }

    private func unwrapped(_ text: TextSpan) throws(Refusal) -> ConnectWrapper.Content {
        ConnectWrapper.Content(cursor: JSONCursor(text.start, count: text.count), schema: nil, isNewSchema: false, isWrapped: false)
    }

    private func setMeaning(_ content: ConnectWrapper.Content) {
        guard let schema = content.schema else {
            if meaning != .none { rows.setMeaning(nil) }
            meaning = .none
            return
        }
        if content.isNewSchema || meaning != .row {
            rows.setMeaning(settings.envelope == .debezium ? schema.fields["after"] : schema)
        }
        meaning = .row
    }

    private func decodePlain(_ cursor: inout JSONCursor) throws(Refusal) -> ChangeKind {
        try rows.readRow(&cursor, except: ordering.filledColumn)
        try cursor.finish()
        try finishRow(EventSource(), op: 0)
        return .upsert
    }

    private func decodeDebezium(_ cursor: inout JSONCursor, _ parts: LineParts, _ topic: String?) throws(Refusal) -> ChangeKind? {
        let envelope = try DebeziumEnvelope(&cursor, rows, filled: ordering.filledColumn)
        try cursor.finish()
        lastEventTime = envelope.source.milliseconds
        sawOmittingSource = sawOmittingSource || envelope.source.mayOmitValues
        switch envelope.op {
        case UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "r"):
            guard envelope.after == .row else { throw Refusal("a change without image: 'after' is null") }
            try finishRow(envelope.source, op: envelope.op)
            if !rows.unavailable.isEmpty {
                patches.append(RowPatch(row: rowCount, columns: rows.unavailable, oldKey: try oldKey(parts)))
            }
            return .upsert
        case UInt8(ascii: "d"):
            // What `after` holds of a delete, if anything, is not data.
            rows.discardRow()
            if let headers = parts.headers { opensKeyUpdate = headers.contains("__debezium.newkey") }
            return try decodeDelete(parts, before: envelope.before, source: envelope.source)
        case UInt8(ascii: "m"): return nil
        case UInt8(ascii: "t"): throw Refusal("a truncate (op 't') cannot be applied: the rows it removed are not named")
        case 0:
            if envelope.isTransactionMarker || topic?.hasPrefix("__debezium-heartbeat") == true { return nil }
            throw Refusal("not a Debezium envelope: it has no 'op'")
        default: throw Refusal("'op' is not one of c, u, r, d, t, m")
        }
    }

    private func finishRow(_ source: EventSource, op: UInt8) throws(Refusal) {
        if let column = ordering.filledColumn {
            rows.fill(column, with: try ordering.value(source, isSnapshot: op == UInt8(ascii: "r")))
        }
        if ordering.watermarkColumn != nil { lastEventTime = ordering.eventTime(rows.watchedValue) }
    }

    // MARK: Keys

    private func decodeDelete(_ parts: LineParts, before: TextSpan?, source: EventSource) throws(Refusal) -> ChangeKind {
        try readKey(parts.key, before)
        for column in keyColumns where !rows.hasValue(column) {
            throw Refusal("the key has no '\(rows.schema.fields[column].name)'")
        }
        guard let column = ordering.column, !keyColumns.contains(column), let value = try ordering.deleteValue(source) else {
            return .deleteByKey
        }
        rows.fill(column, with: value)
        return .delete
    }

    private func readKey(_ key: RecordPart, _ before: TextSpan?) throws(Refusal) {
        switch key {
        case .absent, .null:
            guard let before else { throw Refusal("a delete without a key") }
            var cursor = JSONCursor(before.start, count: before.count)
            try rows.readSelected(&cursor, keyColumns)
        case .json(let span): try readKey(span)
        case .text(let span):
            var probe = JSONCursor(span.start, count: span.count)
            probe.skipBlanks()
            if probe.byte == Ascii.openBrace || probe.byte == Ascii.quote { return try readKey(span) }
            guard keyColumns.count == 1 else { throw Refusal("the key is bare text, but the table's key has several columns") }
            if rows.nodes[keyColumns[0]].kind == .string {
                rows.fill(keyColumns[0], withText: span.buffer)
            } else {
                try rows.readScalar(span, keyColumns[0])
            }
        }
    }

    private func readKey(_ span: TextSpan) throws(Refusal) {
        var content = try keyWrapper.open(span)
        guard content.cursor.byte == Ascii.openBrace else {
            guard keyColumns.count == 1 else { throw Refusal("the key is one value, but the table's key has several columns") }
            // A text was looked through; what was in it is the key.
            let rest = TextSpan(start: content.cursor.at, count: content.cursor.end - content.cursor.at)
            if rows.nodes[keyColumns[0]].kind == .string, rest.start.load(as: UInt8.self) != Ascii.quote {
                rows.fill(keyColumns[0], withText: rest.buffer)
                return
            }
            return try rows.readScalar(rest, keyColumns[0])
        }
        if content.schema != nil || meaning != .none {
            // The key's schema block rules its own values; the row's comes back with the next row.
            rows.setMeaning(content.schema)
            meaning = .key
        }
        try rows.readSelected(&content.cursor, keyColumns)
        try content.cursor.finish()
    }

    /// The key values of the header that Debezium adds to the create of a key update, as text by key field.
    private func oldKey(_ parts: LineParts) throws(Refusal) -> [String]? {
        guard let span = parts.headers,
            let headers = try? JSON(parsing: Bytes(copying: span.buffer))
        else { return nil }
        var found = headers["__debezium.oldkey"]
        if let list = headers.arrayValue, let at = list.firstIndex(of: "__debezium.oldkey"), at + 1 < list.count { found = list[at + 1] }
        if let text = found?.stringValue { found = try? JSON(parsing: text) }
        guard let found else { return nil }
        let key = found["payload"] ?? found
        var values: [String] = []
        for column in keyColumns {
            switch key[rows.schema.fields[column].name] {
            case .string(let text): values.append(text)
            case .number(let digits): values.append(digits)
            case .bool(let flag): values.append("\(flag)")
            default: return nil
            }
        }
        return values
    }
}
