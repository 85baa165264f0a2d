import Glibc
import Tarn
import TarnBase
import TarnStorage
import TarnTable

/// What `TABLE` on a command line names: a store, and a folder in it.
struct TableLocation {
    let store: MeteredStore
    let handle: TableHandle
    let text: String

    /// - Parameter text: A local path or `file:` address.
    init(_ text: String) throws {
        guard !text.hasPrefix("s3://") else { throw Failure(.unsupported, "tables on S3 do not work yet: \(text)") }
        self.text = text
        store = MeteredStore(try LocalStore(location: text), crashingAt: TableLocation.crashPlan)
        handle = TableHandle(store: store, path: .root, runtime: .system)
    }

    var table: Table { Table(handle) }

    /// The local path, without a trailing slash.
    var localPath: String {
        var path = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// `TARN_CRASH_AT=n` ends the process at the n-th request to the store, for tests of what a crash leaves.
    private static var crashPlan: CrashPlan? {
        guard let text = getenv("TARN_CRASH_AT").map({ String(cString: $0) }) else { return nil }
        return CrashPlan(parsing: text) { _exit(137) }
    }
}
