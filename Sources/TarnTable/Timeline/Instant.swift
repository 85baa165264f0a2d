/// One action on the table, at a time, in the state it has reached.
package struct Instant: Hashable, Sendable {
    package let time: InstantTime
    /// As it was asked for: a compaction stays one when it is completed, although its completed file is a commit's. Where
    /// only the completed file is left, that file's action.
    package let action: Action
    package let state: InstantState
    /// Bytes of the file of the state. A completed write of 0 bytes is "completed, with nothing known about it".
    package let size: Int64
    /// When the file of the state was written, by the store's clock: in version 6 the only trace of completion times.
    package let modifiedMilliseconds: Int64

    package init(_ time: InstantTime, _ action: Action, _ state: InstantState, size: Int64 = 0, modifiedMilliseconds: Int64 = 0) {
        self.time = time
        self.action = action
        self.state = state
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
    }

    package var isCompleted: Bool { state == .completed }
    /// The file of the state it is in.
    package var fileName: InstantFileName { InstantFileName(time, action, state) }
    /// The file of another of its states.
    package func fileName(_ state: InstantState) -> InstantFileName { InstantFileName(time, action, state) }
}

extension Instant: CustomStringConvertible {
    package var description: String { "\(time) \(action.rawValue) \(state.rawValue)" }
}
