/// The name of a timeline file: which instant, which action, which state (hudi-format §2.2).
///
///     20260110080000000.commit.requested      commit, requested
///     20260110080000000.inflight              commit, inflight: the one without its action
///     20260110080000000.commit                commit, completed
///     20260110090000000.compaction.requested  compaction, requested; it completes as .commit
///
/// ``init(_:)`` and ``text`` are inverse to each other but for completed compactions, whose file is a commit's.
package struct InstantFileName: Hashable, Sendable {
    package let time: InstantTime
    package let action: Action
    package let state: InstantState

    /// - Precondition: the action has a file for the state: a savepoint is never requested.
    package init(_ time: InstantTime, _ action: Action, _ state: InstantState) {
        precondition(action != .savepoint || state != .requested)
        self.time = time
        self.action = action
        self.state = state
    }

    /// nil for everything that is not a timeline file of layout 1; such files are ignored, as Java ignores them.
    package init?(_ text: some StringProtocol) {
        guard let dot = text.firstIndex(of: "."), let time = InstantTime(text[..<dot]),
            let (action, state) = Self.meanings[String(text[text.index(after: dot)...])]
        else { return nil }
        self.init(time, action, state)
    }

    package var text: String { "\(time).\(Self.suffix(action, state))" }

    private static func suffix(_ action: Action, _ state: InstantState) -> String {
        switch (action, state) {
        case (.commit, .inflight): "inflight"
        case (_, .completed): action.comparable.rawValue
        case (_, .requested), (_, .inflight): "\(action.rawValue).\(state.rawValue)"
        }
    }

    /// The one mapping, read backwards.
    private static let meanings: [String: (Action, InstantState)] = {
        var meanings: [String: (Action, InstantState)] = [:]
        for action in Action.allCases {
            for state in InstantState.allCases where !(action == .savepoint && state == .requested) {
                guard state != .completed || action == action.comparable else { continue }
                meanings[suffix(action, state)] = (action, state)
            }
        }
        return meanings
    }()
}

extension InstantFileName: CustomStringConvertible {
    package var description: String { text }
}
