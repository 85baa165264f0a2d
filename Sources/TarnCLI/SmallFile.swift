import Glibc
import TarnBase
import TarnStorage

/// A file of the local disk that is read or written whole: a schema, a probe, a state file.
struct SmallFile {
    private let file: LocalFile
    private let text: String

    /// - Parameter text: A path; `-` is standard input.
    init(_ text: String) throws {
        self.text = text
        file = try LocalFile(text)
    }

    /// At most 64 MiB.
    func content() async throws -> Bytes {
        if text == "-" { return try SmallFile.standardInput() }
        do {
            return try await file.store.get(file.path, upTo: .mebibytes(64))
        } catch let error as StorageError {
            throw Failure(error.code == .notFound ? .notFound : .unavailable, error.message, path: text)
        }
    }

    func contentIfPresent() async throws -> Bytes? { try await file.store.exists(file.path) ? try await content() : nil }

    func replace(with content: Bytes) async throws { try await file.store.put(content, at: file.path, condition: .always) }

    private static func standardInput() throws -> Bytes {
        var content = ByteBuilder()
        while true {
            var count = 0
            content.append(upTo: 1 << 16) { buffer in
                count = read(0, buffer.baseAddress, buffer.count)
                return max(0, count)
            }
            guard count >= 0 else { throw Failure(.unavailable, "standard input cannot be read") }
            guard count > 0 else { return content.finish() }
            guard content.count <= 64 << 20 else { throw Failure(.usage, "standard input is longer than 64 MiB") }
        }
    }
}
