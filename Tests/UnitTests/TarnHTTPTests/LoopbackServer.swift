import Glibc
import TarnBase

/// An HTTP server for one answer a connection, on a port of the system's choice: it says exactly the bytes it is told to.
// Sendable: the descriptor never changes; what is counted is behind a lock.
final class LoopbackServer: @unchecked Sendable {
    enum Reply: Sendable {
        case bytes(String)
        /// Says that and hangs up.
        case lastBytes(String)
        /// Hangs up without a word.
        case hangUp
        /// Never answers.
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let answer: @Sendable (Int) -> Reply
    private let heads = Locked<[String]>([])

    /// The request lines and headers seen so far.
    var requests: [String] { heads.withLock { $0 } }
    var authority: String { "127.0.0.1:\(port)" }

    /// - Parameter answer: The reply to the request of this number, from 0. After it the connection stays open.
    init(_ answer: @escaping @Sendable (Int) -> Reply) throws {
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) + listen(listener, 16) + getsockname(listener, address, &length)
            }
        }
        guard failed == 0 else { throw Failed() }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        OwnThread.start { self.serve() }
    }

    struct Failed: Error {}

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            // Side by side: one that is kept open and not used keeps no other waiting.
            OwnThread.start { self.converse(connection) }
        }
        close(listener)
    }

    private func converse(_ connection: Int32) {
        defer { close(connection) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var received = ""
            while !received.contains("\r\n\r\n") {
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                received += String(decoding: buffer[..<count], as: UTF8.self)
            }
            let number = heads.withLock { heads in
                heads.append(received)
                return heads.count - 1
            }
            switch answer(number) {
            case .bytes(let text): _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            case .lastBytes(let text):
                _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                return
            case .hangUp: return
            case .silence: _ = recv(connection, &buffer, buffer.count, 0)
            }
        }
    }
}

/// Work that blocks, on a thread of its own.
private final class OwnThread {
    private let work: @Sendable () -> Void

    private init(_ work: @escaping @Sendable () -> Void) { self.work = work }

    static func start(_ work: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { me in
                if let me { Unmanaged<OwnThread>.fromOpaque(me).takeRetainedValue().work() }
                return nil
            }, Unmanaged.passRetained(OwnThread(work)).toOpaque())
        pthread_detach(thread)
    }
}
