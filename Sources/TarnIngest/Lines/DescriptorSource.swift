import Glibc
import TarnBase

/// The bytes of a file, or of standard input. Reads block the calling thread, at most as long as asked for.
package final class DescriptorSource: ByteSource {
    /// How much one call asks for: enough that the cost of a call does not show.
    private static let stretchBytes = 1 << 20

    private let descriptor: Int32
    private let path: String
    private let closesAtEnd: Bool
    /// A pipe or terminal, which can keep us waiting.
    private let canWait: Bool

    private init(descriptor: Int32, path: String, closesAtEnd: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.closesAtEnd = closesAtEnd
        var status = stat()
        canWait = fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG
    }

    /// - Throws: ``IngestError`` `unreadable`.
    package static func file(_ path: String) throws(IngestError) -> DescriptorSource {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IngestError(.unreadable, String(cString: strerror(errno)), at: path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw IngestError(.unreadable, "a folder where a file is expected", at: path)
        }
        posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
        return DescriptorSource(descriptor: descriptor, path: path, closesAtEnd: true)
    }

    package static func standardInput() -> DescriptorSource {
        DescriptorSource(descriptor: 0, path: "-", closesAtEnd: false)
    }

    deinit { if closesAtEnd { close(descriptor) } }

    package func next(within milliseconds: Int64?) async throws -> ByteStretch {
        if canWait, !isReadable(within: milliseconds) { return .idle }
        var isEnd = false
        let bytes = try Bytes(unsafeUninitializedCapacity: Self.stretchBytes) { (buffer) throws(IngestError) -> Int in
            var filled = 0
            while filled < buffer.count {
                let got = read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
                if got < 0 {
                    if errno == EINTR { continue }
                    throw IngestError(.unreadable, String(cString: strerror(errno)), at: path)
                }
                if got == 0 {
                    isEnd = true
                    break
                }
                filled += got
                // A pipe gives a few KiB a call: take what is there, but do not wait for more.
                if canWait, !isReadable(within: 0) { break }
            }
            return filled
        }
        return bytes.isEmpty && isEnd ? .end : .bytes(bytes)
    }

    private func isReadable(within milliseconds: Int64?) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        while true {
            let ready = poll(&poller, 1, timeout)
            if ready < 0, errno == EINTR { continue }
            return ready != 0
        }
    }
}
