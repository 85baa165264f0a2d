import Glibc
import TarnBase
import TarnTestSupport
import Testing

/// Writer processes that meet on one table of an S3 server.
@Suite(.enabled(if: S3Server.endpoint != nil, Comment(rawValue: S3Server.reason)), .serialized) struct S3WriterTests {
    private static let rows = #"{"id":"mine","ts":1,"day":"d1","n":1}"# + "\n"
    private static let theirs = #"{"id":"theirs","ts":1,"day":"d1","n":2}"# + "\n"

    /// A writer that has the lock and waits for input that comes by a pipe.
    private final class WaitingOwner {
        let process: RunningProcess
        private let pipe: String

        init(_ place: Workplace, _ server: S3Server, lease: Int) async throws {
            pipe = place.folder.path + "/pipe.ndjson"
            guard mkfifo(pipe, 0o600) == 0 else { throw Unexpected("no pipe") }
            process = try place.start("write", [try place.file("mine.ndjson", S3WriterTests.rows), pipe, "--lock-lease", "\(lease)"])
            while try await place.lock(server)?.isExpired ?? true {
                guard process.isRunning else { throw Unexpected("the owner ended: \(try process.wait().errors)") }
            }
        }

        /// Gives it the end of its input, if it still comes to read it.
        func finish() {
            while process.isRunning {
                let end = open(pipe, O_WRONLY | O_NONBLOCK)
                if end >= 0 {
                    close(end)
                    return
                }
                sched_yield()
            }
        }
    }

    @Test func `a killed owner is replaced when its lease is over, and not while it lives`() async throws {
        let (server, place) = try await Workplace.onServer()
        try place.create()
        let owner = try await WaitingOwner(place, server, lease: 4)
        // It lives for longer than its lease.
        let first = try await #require(try place.lock(server)).validUntil
        while try await place.lock(server)?.validUntil ?? 0 < first + 4_000 { try #require(owner.process.isRunning) }
        let refused = try place.write(Self.theirs)
        #expect(refused.exitCode == 1 && refused.errors.contains("conflict") && refused.errors.contains("if it died"), "\(refused.errors)")
        #expect(refused.errors.split(separator: "\n").count == 1)

        owner.process.kill()
        let killed = Runtime.system.clock.monotonicNanoseconds()
        let next = try place.write(Self.theirs, "--lock-wait", "60")
        let seconds = Double(Runtime.system.clock.monotonicNanoseconds() - killed) / 1e9
        #expect(next.exitCode == 0, "\(next.errors)")
        // The lease and the clocks' difference; the rest is for starting a process on a busy machine.
        #expect(seconds < 4.4 + 10, "after \(seconds) s")
        #expect(try owner.process.wait().exitCode == 137)
        #expect(try place.rows().map { try JSON(parsing: $0)["id"]?.stringValue } == ["theirs"])
        try await place.expectSound(server)
    }

    @Test func `an owner that stood still for longer than its lease commits nothing`() async throws {
        let (server, place) = try await Workplace.onServer()
        try place.create()
        let owner = try await WaitingOwner(place, server, lease: 4)
        owner.process.stop()
        let next = try place.write(Self.theirs, "--lock-wait", "60")
        #expect(next.exitCode == 0, "\(next.errors)")
        owner.process.resume()
        owner.finish()
        let ended = try owner.process.wait()
        #expect(ended.exitCode == 1 && ended.errors.contains("lost its lock"), "\(ended.exitCode) \(ended.errors)")
        #expect(try place.rows().map { try JSON(parsing: $0)["id"]?.stringValue } == ["theirs"])
        try await place.expectSound(server)
        #expect(try place.write(Self.rows).exitCode == 0)
        #expect(try place.rows().count == 2)
    }

    @Test func `eight writers at once have one owner at a time, and lose nothing`() async throws {
        let (server, place) = try await Workplace.onServer()
        try place.create()
        let script = try place.file("writer.sh", """
            for round in 1 2 3; do
                until "$1" write "$2" "$3/rows-$4-$round.ndjson" --json --lock-lease 30 $5; do
                    # 1 is a conflict: another had the lock.
                    [ $? = 1 ] || exit 9
                    sleep 0.2
                done
            done
            """)
        var writers: [RunningProcess] = []
        for writer in 1...8 {
            for round in 1...3 {
                let own = (1...5).map { #"{"id":"\#(writer)-\#(round)-\#($0)","ts":1,"day":"d\#(writer % 3)","n":1}"# + "\n" }.joined()
                let shared = #"{"id":"shared","ts":\#(writer * 10 + round),"day":"d0","n":\#(writer * 10 + round)}"# + "\n"
                _ = try place.file("rows-\(writer)-\(round).ndjson", own + shared)
            }
            // Half of them wait for the lock, the others come again.
            let wait = writer % 2 == 0 ? "--lock-wait=300" : "--lock-wait=0"
            writers.append(
                try RunningProcess(["sh", script, Programs.tarnPath, place.table, place.folder.path, "\(writer)", wait], environment: server.environment))
        }
        // Who was seen to have the lock never has it again after another had it: every taking has an owner of its own.
        var owners: [String] = []
        while writers.contains(where: \.isRunning) {
            guard let lock = try await place.lock(server), !lock.isExpired, owners.last != lock.owner else { continue }
            #expect(!owners.contains(lock.owner))
            owners.append(lock.owner)
        }
        var reports: [JSON] = []
        for writer in writers {
            let ended = try writer.wait()
            #expect(ended.exitCode == 0, "\(ended.errors)")
            reports += try ended.jsonLines
        }
        #expect(reports.count == 24)
        #expect(Set(reports.map { $0["instant"]?.stringValue }).count == 24)
        #expect(reports.allSatisfy { $0["rolled_back"]?.arrayValue?.isEmpty == true })
        func sum(_ name: String) -> Int64 { reports.reduce(0) { $0 + ($1[name]?.intValue ?? 0) } }
        #expect(sum("inserted") == 8 * 3 * 5 + 1)
        #expect(sum("updated") + sum("stale") == 23)
        let rows = try place.rows().map { try JSON(parsing: $0) }
        #expect(rows.count == 8 * 3 * 5 + 1)
        #expect(rows.first { $0["id"] == "shared" }?["n"] == 83)
        try await place.expectSound(server)
    }
}
