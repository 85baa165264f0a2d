package import TarnBase

/// Bytes that come in from somewhere, one stretch after the other. Files and standard input; a script in tests.
package protocol ByteSource: AnyObject, Sendable {
    /// The next stretch.
    ///
    /// - Parameter milliseconds: How long to wait for bytes before answering `.idle`; nil waits for ever. Sources that
    ///   never wait ignore it.
    func next(within milliseconds: Int64?) async throws -> ByteStretch
}

package enum ByteStretch: Sendable {
    case bytes(Bytes)
    /// Nothing came in time; more may come.
    case idle
    case end
}

/// A fixed text, for tests and for callers that have the events in memory.
package final class MemorySource: ByteSource {
    private let stretches: [Bytes]
    private let position = Locked<Int>(0)

    /// - Parameter stretchBytes: Where to cut.
    package init(_ bytes: Bytes, stretchBytes: Int = 1 << 20) {
        var stretches: [Bytes] = []
        var at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + max(1, stretchBytes))
            stretches.append(bytes[at..<end])
            at = end
        }
        self.stretches = stretches
    }

    package func next(within milliseconds: Int64?) async throws -> ByteStretch {
        position.withLock { position in
            guard position < stretches.count else { return .end }
            position += 1
            return .bytes(stretches[position - 1])
        }
    }
}
