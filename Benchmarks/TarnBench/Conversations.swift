import Tarn
import TarnTable

/// The table of the peer kit (`gen.py`): conversations, by key `conversation_id`, in a folder a day.
enum Conversations {
    static let schema: Schema = [
        Field("tenant_id", .string, nullable: false), Field("conversation_id", .string, nullable: false),
        Field("event_ts", .int64, nullable: false), Field("created_day", .string, nullable: false),
        Field("intent", .string), Field("channel", .string), Field("agent_id", .int64), Field("message_count", .int32),
        Field("first_response_ms", .double), Field("resolution_ms", .double), Field("csat", .int32),
        Field("tags", .list(element: Field("element", .string))),
        Field("timing", .struct([Field("queued_ms", .double), Field("handled_ms", .double), Field("wrapup_ms", .double)])),
        Field("transcript_summary", .string),
    ]

    /// The columns, the day and the tenant that the kit's queries ask for (`peers.py`).
    static let selected = ["conversation_id", "event_ts", "resolution_ms"]
    static let ofDay: Filter = .equal("created_day", "2024-06-16")
    static let prunable: Filter = ofDay && .equal("intent", "refund")
    static let ofTenant: Filter = .equal("tenant_id", "tenant-0040")

    static func createTable(
        at path: ObjectPath, in store: any ObjectStore, type: TableConfiguration.TableType = .copyOnWrite, isPartitioned: Bool = true
    ) async throws -> Table {
        var configuration = TableConfiguration(name: "conversations", schema: schema, recordKey: ["conversation_id"])
        configuration.type = type
        if isPartitioned { configuration.partitioning = .fields(["created_day"]) }
        configuration.orderingFields = ["event_ts"]
        return try await Table.create(configuration, at: path.text, in: store)
    }
}
