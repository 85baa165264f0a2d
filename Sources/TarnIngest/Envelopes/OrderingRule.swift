import TarnColumns

/// Where ordering values and event times come from, settled once for a table (cli.md "Ordering of change events").
struct OrderingRule {
    /// The table's ordering column.
    let column: Int?
    /// The ordering column, when the envelope fills it whatever the image says.
    let filledColumn: Int?
    /// The column of event times, when not the source's.
    let watermarkColumn: Int?

    private let source: OrderingSource
    /// Units of the ordering column in a millisecond; nil = unknown, so a time cannot be put into it.
    private let perMillisecond: Int64?
    private let perMillisecondOfWatermark: Int64

    init(schema: Schema, field: String?, settings: IngestSettings) throws(IngestError) {
        source = settings.orderingFrom
        column = field.flatMap { schema.index(of: $0) }
        let type = column.map { schema.fields[$0].type }
        switch type {
        case .timestamp(let unit): perMillisecond = unit.perSecond / 1000
        case .int64:
            // Filled with times, a long of unknown unit counts what the source counts.
            let assumed: TimeUnitOfLong? = settings.orderingFrom == .sourceTime ? .milliseconds : nil
            perMillisecond = (settings.orderingUnit ?? assumed).map(\.perMillisecond)
        default: perMillisecond = nil
        }
        if settings.orderingFrom == .column {
            filledColumn = nil
        } else {
            guard let column, let field else {
                throw IngestError(.invalid, "--ordering-from \(settings.orderingFrom.rawValue): the table has no ordering field")
            }
            switch schema.fields[column].type {
            case .int64: break
            case .timestamp where settings.orderingFrom == .sourceTime: break
            default:
                throw IngestError(
                    .invalid,
                    "--ordering-from \(settings.orderingFrom.rawValue) cannot fill '\(field)', a \(schema.fields[column].type)")
            }
            guard settings.envelope != .plain else {
                throw IngestError(.invalid, "--envelope plain carries no source to take the ordering value from")
            }
            filledColumn = column
        }
        if let name = settings.watermarkField {
            guard let index = schema.index(of: name) else { throw IngestError(.invalid, "--watermark-field: no column '\(name)'") }
            switch schema.fields[index].type {
            case .int64: perMillisecondOfWatermark = 1
            case .timestamp(let unit): perMillisecondOfWatermark = unit.perSecond / 1000
            default: throw IngestError(.invalid, "--watermark-field '\(name)' is neither a timestamp nor a long of milliseconds")
            }
            watermarkColumn = index
        } else {
            perMillisecondOfWatermark = 1
            watermarkColumn = nil
        }
    }

    /// The value for the filled column.
    func value(_ event: EventSource, isSnapshot: Bool) throws(Refusal) -> Int64 {
        if source == .sourceTime {
            guard let time = event.milliseconds else { throw Refusal("the event has no source time ('source.ts_ms')") }
            return try inColumnUnit(time)
        }
        if event.connector == .mongo {
            // `op=r` before everything else, whatever its time says (cdc-events 5).
            if isSnapshot { return 0 }
            guard let time = event.milliseconds, let ordinal = event.ordinal, ordinal >= 0, ordinal < 1 << 22, time >= 0, time < 1 << 41
            else { throw Refusal("the event has no source position ('source.ts_ms' and 'source.ord')") }
            return time << 22 + ordinal
        }
        guard let position = event.sequenceNumber else { throw Refusal("the event has no source position ('source.lsn')") }
        return position
    }

    /// The ordering value of a delete without an image; nil = none can be told, the stored row's own counts.
    func deleteValue(_ event: EventSource) throws(Refusal) -> Int64? {
        if filledColumn != nil { return try value(event, isSnapshot: false) }
        guard perMillisecond != nil, let time = event.milliseconds else { return nil }
        return try inColumnUnit(time)
    }

    private func inColumnUnit(_ milliseconds: Int64) throws(Refusal) -> Int64 {
        let (value, overflow) = milliseconds.multipliedReportingOverflow(by: perMillisecond ?? 1)
        guard !overflow else { throw Refusal("the source time is out of range of the ordering column") }
        return value
    }

    /// A value of the watermark column in milliseconds.
    func eventTime(_ value: Int64?) -> Int64? {
        value.map { $0 / perMillisecondOfWatermark }
    }
}
