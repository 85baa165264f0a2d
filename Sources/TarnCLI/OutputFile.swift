import TarnBase
import TarnStorage

/// Where a command writes what it was asked for: standard output, or a file that appears whole at the end.
struct OutputFile {
    private let part: (any PartWriter)?

    /// - Parameter path: nil for standard output.
    static func open(_ path: String?) async throws -> OutputFile {
        guard let path else { return OutputFile(part: nil) }
        let file = try LocalFile(path)
        return OutputFile(part: try await file.store.upload(at: file.path))
    }

    func write(_ bytes: Bytes) async throws {
        if let part { try await part.write(bytes) } else { Console.standardOutput.write(bytes) }
    }

    func finish() async throws {
        if let part { _ = try await part.finish() }
    }
}
