import Glibc

/// What a program that has ended left.
package struct ChildProcess: Sendable {
    /// 128 + the signal's number if a signal ended it.
    package let exitCode: Int32
    package let output: String
    package let errors: String

    /// Runs `arguments[0]`, found through PATH if it has no slash, to its end.
    ///
    /// - Parameter environment: Added to this process's own.
    package static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> ChildProcess {
        try RunningProcess(arguments, input: input, environment: environment).wait()
    }
}

/// A program that runs beside the test. Wait for it: what it said lies in files until then.
package final class RunningProcess {
    private let id: pid_t
    private let streams: TemporaryStreams

    /// Starts `arguments[0]`, found through PATH if it has no slash.
    package init(_ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]) throws {
        // Files, not pipes: nothing can fill up while somebody waits.
        streams = try TemporaryStreams(input: input)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, streams.inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, streams.outputPath, O_WRONLY | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, streams.errorPath, O_WRONLY | O_TRUNC, 0o600)

        var variables = RunningProcess.currentEnvironment()
        variables.merge(environment) { $1 }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, arguments[0], &actions, nil, argv, envp)
        guard status == 0 else {
            streams.remove()
            throw SpawnFailure(program: arguments[0], code: status)
        }
        id = pid
    }

    /// Ends it at once (`SIGKILL`), if it still runs. Not after ``wait()``.
    package func kill() { _ = Glibc.kill(id, SIGKILL) }

    /// Lets it stand still, and go on.
    package func stop() { _ = Glibc.kill(id, SIGSTOP) }
    package func resume() { _ = Glibc.kill(id, SIGCONT) }

    /// Whether it has not ended yet.
    package var isRunning: Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info._sifields._sigchld.si_pid == 0
    }

    /// Waits for its end. Once.
    package func wait() throws -> ChildProcess {
        defer { streams.remove() }
        var waited: Int32 = 0
        while waitpid(id, &waited, 0) < 0, errno == EINTR {}
        let signal = waited & 0x7F
        return ChildProcess(
            exitCode: signal == 0 ? (waited >> 8) & 0xFF : 128 + signal, output: try streams.text(of: streams.outputPath),
            errors: try streams.text(of: streams.errorPath))
    }

    private static func currentEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}

package struct SpawnFailure: Error, CustomStringConvertible {
    let program: String
    let code: Int32
    package var description: String { "cannot run '\(program)': \(String(cString: strerror(code)))" }
}

private struct TemporaryStreams {
    let folder: String
    var inputPath: String { folder + "/in" }
    var outputPath: String { folder + "/out" }
    var errorPath: String { folder + "/err" }

    init(input: [UInt8]) throws {
        var template = Array("/tmp/tarn-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SpawnFailure(program: "mkdtemp", code: errno) }
        folder = String(cString: made)
        for (path, bytes) in [(inputPath, input), (outputPath, []), (errorPath, [])] {
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
            guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
                throw SpawnFailure(program: path, code: errno)
            }
            close(descriptor)
        }
    }

    func text(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SpawnFailure(program: path, code: errno) }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 { all += chunk[..<count] }
        return String(decoding: all, as: UTF8.self)
    }

    func remove() {
        for path in [inputPath, outputPath, errorPath] { unlink(path) }
        rmdir(folder)
    }
}
