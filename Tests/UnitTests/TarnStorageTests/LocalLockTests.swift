import Glibc
import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

/// The lock between processes, with flock(1) of util-linux as the other one.
@Suite struct LocalLockTests {
    private static let program = "/usr/bin/flock"

    private func spawn(_ program: String, _ arguments: String...) throws -> pid_t {
        var child = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        guard posix_spawn(&child, program, nil, nil, &words, environ) == 0 else { throw Unexpected("cannot start \(program)") }
        return child
    }

    private func exitCode(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    @Test(.enabled(if: access(program, X_OK) == 0))
    func `two processes exclude each other, and a killed one frees the lock`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let table = ObjectPath.root.appending("t/.hoodie")
        try await store.put(Bytes("x"), at: table.appending("hoodie.properties"), condition: .ifAbsent)
        let place = "\(folder.path)/t/.hoodie"

        let held = try await store.exclusiveAccess(to: table)
        #expect(try exitCode(of: spawn(Self.program, "-n", place, "true")) == 1, "refused while this process holds it")
        let heir = try spawn("/bin/sleep", "30")
        await held?.release()
        // Waits a moment: other tests start programs too, and a child has its parent's descriptors until it executes.
        #expect(try exitCode(of: spawn(Self.program, "-w", "5", place, "true")) == 0, "a program started meanwhile did not inherit it")
        kill(heir, SIGKILL)
        _ = exitCode(of: heir)

        // -F: the lock is held by the very process that is killed. It sleeps longer than a busy machine lets this test wait.
        let other = try spawn(Self.program, "-F", place, "/bin/sleep", "3600")
        func isFree() async throws -> Bool {
            do { return try await store.exclusiveAccess(to: table) != nil } catch let error as StorageError where error.code == .locked { return false }
        }
        // Programs that other tests start hold a copy of every descriptor for the moment between fork and exec, so one answer
        // proves nothing: the same one must come ten times in a row.
        func settles(on expected: Bool) async throws -> Bool {
            var inARow = 0
            for _ in 0..<2_000 {
                inARow = try await isFree() == expected ? inARow + 1 : 0
                if inARow == 10 { return true }
                try await Runtime.system.clock.sleep(milliseconds: 5)
            }
            return false
        }
        #expect(try await settles(on: false))
        kill(other, SIGKILL)
        _ = exitCode(of: other)
        #expect(try await settles(on: true))
    }
}
