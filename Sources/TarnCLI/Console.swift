import Glibc
import TarnBase

/// Standard output, buffered, and standard error, a line at a time.
// Sendable: the buffer is behind its lock.
final class Console: @unchecked Sendable {
    static let standardOutput = Console()

    private let buffer = Locked<[UInt8]>([])
    private static let flushAt = 1 << 16

    func write(_ text: String) { append(Array(text.utf8)) }
    func write(_ bytes: Bytes) { append(bytes.array) }

    /// One JSON value on a line of its own.
    func write(_ json: JSON) { write(json.description + "\n") }

    private func append(_ bytes: [UInt8]) {
        buffer.withLock { buffer in
            buffer += bytes
            if buffer.count >= Console.flushAt { Console.drain(&buffer) }
        }
    }

    func flush() { buffer.withLock { Console.drain(&$0) } }

    /// A reader that went away (`tarn query … | head`) has what it wanted: the process ends as if done.
    private static func drain(_ buffer: inout [UInt8]) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { Glibc.write(1, $0.baseAddress! + written, $0.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                exit(errno == EPIPE ? 0 : 2)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    static func standardError(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    /// The most memory this process ever had resident. Not from `getrusage`, which counts the parent's before `exec` too.
    static var peakMemoryBytes: Int64 {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return (Int64(text.filter(\.isNumber)) ?? 0) * 1024
        }
        return 0
    }
}
