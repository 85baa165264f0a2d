/// Where a program is to die, for crash tests: at which request, and on which side of it.
package struct CrashPlan: Sendable {
    package enum Moment: Hashable, Sendable {
        /// The request is not done.
        case before
        /// The request is done; nobody here hears of it.
        case after
    }

    /// Counted from 1, over all kinds of requests as ``RequestCounts`` counts them, through all scopes of a store.
    package let request: Int
    package let moment: Moment
    /// Ends the program (`_exit(137)`); if it returns, the request goes on.
    package let crash: @Sendable () -> Void

    package init(atRequest request: Int, _ moment: Moment, crash: @escaping @Sendable () -> Void) {
        self.request = request
        self.moment = moment
        self.crash = crash
    }

    /// The plan as `TARN_CRASH_AT` spells it: `12` is before the twelfth request, `12+` after it; nil for anything else.
    package init?(parsing text: String, crash: @escaping @Sendable () -> Void) {
        let digits = text.hasSuffix("+") ? text.dropLast() : text[...]
        guard let request = Int(digits), request > 0 else { return nil }
        self.init(atRequest: request, text.hasSuffix("+") ? .after : .before, crash: crash)
    }
}
