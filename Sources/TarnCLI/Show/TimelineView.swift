import TarnBase
import TarnTable

/// Every instant of the active timeline, in its most advanced state.
struct TimelineView: TableView {
    let table: ShownTable

    func text() async throws -> String {
        AlignedText.table([["instant", "action", "state", "time"]] + table.timeline.rows)
    }

    func json() async throws -> JSON {
        [
            "instants": .array(
                table.timeline.instants.map { instant in
                    ["instant": .string("\(instant.time)"), "action": .string(instant.action.rawValue), "state": .string(instant.state.rawValue)]
                })
        ]
    }
}
