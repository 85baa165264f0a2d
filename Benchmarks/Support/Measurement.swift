import Glibc
import TarnBase
import TarnTable

/// The timed section as the peer kit measures its own: wall and processor time, resident memory, bytes passed to write calls.
package struct Measurement {
    private let startNanoseconds: UInt64
    private let startProcessorSeconds: Double
    private let startWritten: Int64
    package let residentBefore: Int64

    package private(set) var wallSeconds = 0.0
    package private(set) var processorSeconds = 0.0
    package private(set) var residentPeak: Int64 = 0
    package private(set) var written: Int64 = 0
    /// Further figures of the `BENCH` line.
    package var told: [(key: String, value: Int64)] = []

    /// Begins: the kernel's high-water mark of memory is reset first.
    package init() throws {
        try Measurement.resetPeak()
        residentBefore = try Measurement.number("VmHWM:", in: "/proc/self/status") * 1024
        startWritten = try Measurement.number("wchar:", in: "/proc/self/io")
        startProcessorSeconds = Measurement.processorTime()
        startNanoseconds = Runtime.system.clock.monotonicNanoseconds()
    }

    package mutating func stop() throws {
        wallSeconds = Double(Runtime.system.clock.monotonicNanoseconds() - startNanoseconds) / 1e9
        processorSeconds = Measurement.processorTime() - startProcessorSeconds
        residentPeak = try Measurement.number("VmHWM:", in: "/proc/self/status") * 1024
        written = try Measurement.number("wchar:", in: "/proc/self/io") - startWritten
    }

    /// Measures `work`.
    package static func of(_ work: () async throws -> Void) async throws -> Measurement {
        var measurement = try Measurement()
        try await work()
        try measurement.stop()
        return measurement
    }

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func resetPeak() throws {
        guard let file = fopen("/proc/self/clear_refs", "w") else { throw TableError(.invalid, "/proc/self/clear_refs cannot be written") }
        defer { fclose(file) }
        fputs("5", file)
    }

    /// The number behind `key` in a file of `key number` lines.
    private static func number(_ key: String, in path: String) throws -> Int64 {
        guard let file = fopen(path, "r") else { throw TableError(.invalid, "\(path) cannot be read") }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split { $0.isWhitespace }
            if words.count > 1, words[0] == key, let number = Int64(words[1]) { return number }
        }
        throw TableError(.invalid, "\(path) has no \(key)")
    }
}

extension Measurement: CustomStringConvertible {
    package var description: String {
        var members = [
            "\"wall_s\": \(wallSeconds)", "\"cpu_s\": \(processorSeconds)", "\"rss_peak\": \(residentPeak)",
            "\"rss_before\": \(residentBefore)", "\"written\": \(written)",
        ]
        members += told.map { "\"\($0.key)\": \($0.value)" }
        return "{\(members.joined(separator: ", "))}"
    }
}
