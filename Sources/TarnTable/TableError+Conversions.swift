package import TarnAvro
package import TarnBase
import TarnColumns
package import TarnParquet
package import TarnStorage

extension TableError {
    package init(_ error: StorageError, instant: InstantTime? = nil) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .preconditionFailed, .locked: .conflict
            case .outcomeUnknown: .outcomeUnknown
            case .permissionDenied, .unavailable: .unavailable
            case .invalidRange, .tooLarge: .corrupt
            case .unsupported: .unsupported
            }
        self.init(code, error.message, at: error.path, instant: instant)
    }

    package init(_ error: JSONError, at path: ObjectPath? = nil, instant: InstantTime? = nil) {
        self.init(.corrupt, "not valid JSON: \(error.message)", at: path, offset: Int64(error.offset), instant: instant)
    }

    package init(_ error: ParquetError, at path: ObjectPath? = nil, instant: InstantTime? = nil) {
        let code: Code =
            switch error.kind {
            case .truncated, .malformed, .limit, .checksum: .corrupt
            case .unsupported: .unsupported
            }
        let message = error.message + (error.column.map { ", column \($0)" } ?? "")
        self.init(code, message, at: path, offset: error.offset, instant: instant)
    }

    /// For what was read. A value of ours that does not fit its schema is `corrupt` too, and means the same: stop.
    package init(_ error: AvroError, at path: ObjectPath? = nil, instant: InstantTime? = nil) {
        let message = error.path.isEmpty ? error.message : "\(error.path): \(error.message)"
        self.init(
            error.code == .unsupported ? .unsupported : .corrupt, message, at: path, offset: error.offset.map { Int64($0) }, instant: instant)
    }

    /// Whatever was thrown, as a fault. What no conversion is known for is our own mistake.
    package init(_ error: any Error, at path: ObjectPath? = nil, instant: InstantTime? = nil) {
        switch error {
        case let fault as TableError: self = fault.located(at: path, instant: instant)
        case let error as StorageError: self = TableError(error, instant: instant).located(at: path)
        case let error as ParquetError: self.init(error, at: path, instant: instant)
        case let error as AvroError: self.init(error, at: path, instant: instant)
        case let error as PayloadError: self.init(.corrupt, "\(error)", at: path, instant: instant)
        case let error as JSONError: self.init(error, at: path, instant: instant)
        case let error as ColumnError: self.init(.invalid, error.description, at: path, instant: instant)
        default: self.init(.libraryFault, "\(error)", at: path, instant: instant)
        }
    }
}
