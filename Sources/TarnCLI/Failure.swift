import TarnBase
import TarnColumns
import TarnCommandLine
import TarnIngest
import TarnStorage
import TarnTable
import Tarn

/// What a command line says when it cannot do what it was asked: one line, and an exit code.
struct Failure: Error {
    enum Code: String {
        case usage, unsupported, invalid, conflict, unavailable, corrupt
        case notFound = "not-found"
        case alreadyExists = "already-exists"
        case outcomeUnknown = "outcome-unknown"
        case libraryFault = "library-fault"
    }

    let code: Code
    let message: String
    var path: String?
    /// What the command line calls the table, if `path` counts from there.
    var table: String?
    private var isInTable = false
    var offset: Int64?
    var instant: String?

    init(_ code: Code, _ message: String, path: String? = nil) {
        self.code = code
        self.message = message
        self.path = path
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as UsageError: self.init(.usage, error.description)
        case let error as TableError: self.init(error)
        case let error as IngestError:
            let code: Code = switch error.code { case .unsupported: .unsupported; case .invalid: .invalid; case .unreadable: .unavailable }
            self.init(code, error.message, path: error.path)
        case is CancellationError: self.init(.unavailable, "interrupted; what was not committed is rolled back by the next write")
        default: self.init(TableError(error))
        }
    }

    init(_ error: TableError) {
        self.init(Code(rawValue: error.code.description) ?? .libraryFault, error.message, path: error.path?.text)
        isInTable = true
        offset = error.offset
        instant = error.instant.map { "\($0)" }
    }

    /// The same about a file of the caller's, which is no part of a table.
    func ofFile(_ name: String) -> Failure {
        var failure = self
        failure.path = name
        failure.isInTable = false
        return failure
    }

    /// The file concerned, as the caller can find it.
    private var place: String? {
        guard isInTable, let table else { return path.flatMap { $0.isEmpty ? nil : $0 } }
        guard let path, !path.isEmpty else { return table }
        return table.hasSuffix("/") ? table + path : "\(table)/\(path)"
    }

    /// 1: the table or the data is at fault. 2: usage, or could not run. 3: nobody knows.
    var exitCode: Int32 {
        switch code {
        case .invalid, .conflict, .corrupt, .alreadyExists: 1
        case .usage, .unsupported, .notFound, .unavailable, .libraryFault: 2
        case .outcomeUnknown: 3
        }
    }

    func text(asJSON: Bool) -> String {
        if asJSON {
            var members: [JSON.Member] = [.init("code", .string(code.rawValue)), .init("message", .string(message))]
            members.append(.init("path", place.map { .string($0) } ?? .null))
            members.append(.init("offset", offset.map { .int($0) } ?? .null))
            if let instant { members.append(.init("instant", .string(instant))) }
            return JSON.object([.init("error", .object(members))]).description
        }
        var places: [String] = []
        if let place { places.append(place) }
        if let offset { places.append("byte \(offset)") }
        if let instant { places.append("instant \(instant)") }
        let line = "tarn: \(code == .usage ? "" : "\(code.rawValue): ")\(message)" + (places.isEmpty ? "" : " (\(places.joined(separator: ", ")))")
        return line.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
