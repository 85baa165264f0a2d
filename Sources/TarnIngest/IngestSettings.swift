package import TarnBase

/// How change events become changes of a table (cli.md, `tarn ingest`).
package struct IngestSettings: Sendable {
    package var envelope = Envelope.debezium
    /// nil = told from the first line.
    package var lines: LineFormat?
    /// Only events of this topic are taken.
    package var topic: String?
    package var orderingFrom = OrderingSource.column
    /// What a long in the ordering column counts; nil = unknown.
    package var orderingUnit: TimeUnitOfLong?
    package var batchRows = 50_000
    package var batchSeconds = 60.0
    package var contract = Contract.strict
    package var memory = ByteCount.mebibytes(512)
    /// A column of event times: a timestamp, or a long of milliseconds. nil = the source's own time.
    package var watermarkField: String?
    package var start = StartRule.ledger
    /// What Debezium writes where a value did not change and was not sent (`unavailable.value.placeholder`).
    package var unavailablePlaceholder = "__debezium_unavailable_value"
    /// A longer line is put aside; its memory is bounded by this.
    package var maximumLine = ByteCount.mebibytes(64)

    package init() {}
}

/// What the value of a record is.
package enum Envelope: String, Sendable, CaseIterable {
    /// Debezium's envelope of a relational source: `op`, `before`, `after`, `source`.
    case debezium
    case debeziumMongo = "debezium-mongo"
    case mongo
    /// The row itself; no value with a key deletes the key.
    case plain
}

/// What a line of input is.
package enum LineFormat: String, Sendable, CaseIterable {
    /// The record's value.
    case value
    /// `{"topic", "key", "value", "headers"}`.
    case record
    /// What `kcat -J` prints: with partition and offset, key and payload as text.
    case kcat
}

/// Where the ordering value comes from.
package enum OrderingSource: String, Sendable, CaseIterable {
    /// The row image has it; a delete takes the source's time if the column's unit is known.
    case column
    /// `source.ts_ms`.
    case sourceTime = "source-time"
    /// PostgreSQL's `lsn`; of MongoDB (`ts_ms`, `ord`), snapshots first (cdc-events 5).
    case sourcePosition = "source-position"
}

package enum TimeUnitOfLong: String, Sendable, CaseIterable {
    case milliseconds = "ms"
    case microseconds = "us"

    var perMillisecond: Int64 { self == .milliseconds ? 1 : 1000 }
}

/// What happens to events that do not fit the schema.
package enum Contract: String, Sendable, CaseIterable {
    /// Unknown columns are added to the table.
    case additive
    /// They are put aside.
    case strict
}

/// Where reading of a source with offsets of its own begins (freshness.md 1).
package enum StartRule: Hashable, Sendable {
    /// Behind what the table's ledger says; a table with rows and no ledger is refused.
    case ledger
    /// At the first event there is.
    case fromStart
    /// Behind the last event there is: for sources that can be asked.
    case fromEnd
    /// At these offsets, by `topic/partition`.
    case fromOffsets([String: Int64])
}
