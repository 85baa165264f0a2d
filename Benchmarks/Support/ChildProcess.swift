import Glibc
import TarnTable

/// This program once more, as a process of its own: what it held does not count against whoever comes after it.
package enum ChildProcess {
    /// Runs it with other words, to its end.
    ///
    /// - Throws: ``TableError`` `invalid` when it cannot be started or does not end well.
    package static func run(_ words: [String]) throws {
        fflush(nil)
        var arguments: [UnsafeMutablePointer<CChar>?] = (["benchmark"] + words).map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/proc/self/exe", nil, nil, arguments, nil)
        guard failure == 0 else { throw TableError(.invalid, "a process cannot be started: \(String(cString: strerror(failure)))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw TableError(.invalid, "waiting for a process: \(String(cString: strerror(errno)))") }
        }
        guard status == 0 else { throw TableError(.invalid, "the process of '\(words.joined(separator: " "))' ended with \(status)") }
    }
}
