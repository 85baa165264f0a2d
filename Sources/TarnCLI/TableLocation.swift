import Glibc
import Tarn
import TarnBase
import TarnLocations
import TarnStorage
import TarnTable

/// What `TABLE` on a command line names: a store, and a folder in it.
struct TableLocation {
    let place: StoreLocation
    let store: MeteredStore
    let handle: TableHandle

    /// The table that a command was given.
    init(_ command: some Command) throws { try self.init(command, WriterLockSettings()) }

    /// The table that a command was given to write to.
    init(writing command: some WritingCommand) throws { try self.init(command, try command.lock.settings) }

    private init(_ command: some Command, _ lock: WriterLockSettings) throws {
        place = try StoreLocation(command.table)
        store = MeteredStore(try place.open(command.s3), crashingAt: TableLocation.crashPlan)
        handle = TableHandle(store: store, path: .root, runtime: .system, lock: lock)
    }

    var table: Table { Table(handle) }

    /// `TARN_CRASH_AT=n` ends the process at the n-th request to the store, for tests of what a crash leaves.
    private static var crashPlan: CrashPlan? {
        guard let text = getenv("TARN_CRASH_AT").map({ String(cString: $0) }) else { return nil }
        return CrashPlan(parsing: text) { _exit(137) }
    }
}
