import TarnCommandLine
import TarnLocations
import TarnTable

/// How a command that writes takes the table's lock, as the command line says it.
struct LockOptions {
    var wait = 0
    var lease = 60

    var settings: WriterLockSettings {
        get throws {
            guard wait >= 0 else { throw Failure(.usage, "--lock-wait must not be negative") }
            guard (2...3600).contains(lease) else { throw Failure(.usage, "--lock-lease takes 2 to 3600 seconds") }
            return WriterLockSettings(leaseMilliseconds: Int64(lease) * 1000, waitMilliseconds: Int64(wait) * 1000)
        }
    }
}

/// A command that writes to its table.
protocol WritingCommand: Command {
    var lock: LockOptions { get set }
}

extension WritingCommand {
    static var sharedParameters: [Parameter<Self>] {
        [
            .option("lock-wait", "SECONDS", "How long to wait while another writer is at work (0).", \.lock.wait),
            .option("lock-lease", "SECONDS", "On S3: how long others wait for this writer if it dies (60).", \.lock.lease),
        ] + s3Parameters
    }
}
