/// Why a write was refused or given up. Nothing of it is visible in the table.
package struct WriteError: Error, Sendable {
    package enum Code: Hashable, Sendable {
        /// The table has or uses something this version cannot keep right; the message names it.
        case unsupported
        /// The rows or the schema are not what the table takes.
        case invalidInput
        /// Another writer is at work.
        case busy
        /// The table has something at odds with itself.
        case corruptTable
        /// Where a table shall be made there is one.
        case alreadyExists
        /// No answer came to the put that completes the commit, and reading back failed too: the commit may be there.
        /// A commit token makes it safe to try again.
        case outcomeUnknown
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension WriteError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .unsupported: "unsupported: \(message)"
        default: message
        }
    }
}
