import CCurl
import Glibc
import TarnBase

/// The thread that drives all requests of a transport through libcurl's multi interface.
// Sendable: `multi` is used by the loop's thread only, but for `curl_multi_wakeup`, which any thread may call.
final class CurlLoop: @unchecked Sendable {
    /// Whether libcurl could be set up, once for the process and before any use.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    private struct Mail {
        var starting: [CurlExchange] = []
        var cancelled: [CurlExchange] = []
        var isClosed = false
    }

    private let mail = Locked(Mail())
    private let multi: UnsafeMutableRawPointer?

    init(connectionLimit: Int) {
        multi = Self.isReady ? curl_multi_init() : nil
        guard let multi else { return }
        tarn_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionLimit)
        tarn_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 2 * connectionLimit)
    }

    deinit {
        if let multi { curl_multi_cleanup(multi) }
    }

    /// Starts the thread, which keeps this loop alive until it is closed.
    func start() {
        guard multi != nil else { return close() }
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let failed = pthread_create(
            &thread, nil,
            { me in
                guard let me else { return nil }
                Unmanaged<CurlLoop>.fromOpaque(me).takeRetainedValue().drive()
                return nil
            }, me.toOpaque())
        if failed != 0 {
            me.release()
            close()
        } else {
            pthread_detach(thread)
        }
    }

    func close() {
        mail.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        if let multi { curl_multi_wakeup(multi) }
    }

    func start(_ exchange: CurlExchange) {
        let isOpen = mail.withLock { mail in
            if !mail.isClosed { mail.starting.append(exchange) }
            return !mail.isClosed
        }
        if isOpen {
            wake()
        } else {
            exchange.finish(
                .failure(HTTPFailure(.broken, mayHaveBeenSent: false, "no more requests: libcurl's thread is not running")))
        }
    }

    func cancel(_ exchange: CurlExchange) {
        exchange.isCancelled.withLock { $0 = true }
        mail.withLock { $0.cancelled.append(exchange) }
        wake()
    }

    private func drive() {
        guard let multi else { return }
        // A server that hangs up must end a request, not the process. For this thread only: the rest belongs to the program.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
        var live: [UnsafeMutableRawPointer: CurlExchange] = [:]
        func finish(_ exchange: CurlExchange, _ code: CURLcode) {
            curl_multi_remove_handle(multi, exchange.easy)
            live[exchange.easy] = nil
            exchange.finish(code)
        }
        while true {
            let (starting, cancelled, isClosed) = takeMail()
            for exchange in starting {
                live[exchange.easy] = exchange
                if isClosed || exchange.isCancelled.withLock({ $0 }) {
                    finish(exchange, CURLE_ABORTED_BY_CALLBACK)
                } else {
                    curl_multi_add_handle(multi, exchange.easy)
                }
            }
            for exchange in cancelled where live[exchange.easy] === exchange { finish(exchange, CURLE_ABORTED_BY_CALLBACK) }
            if isClosed {
                for exchange in live.values { finish(exchange, CURLE_ABORTED_BY_CALLBACK) }
                return
            }
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            while let message = curl_multi_info_read(multi, &count) {
                guard message.pointee.msg == CURLMSG_DONE, let exchange = live[message.pointee.easy_handle] else { continue }
                finish(exchange, tarn_message_result(message))
            }
            // Returns at once for sockets, timers and `wake()`.
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
    }

    private func takeMail() -> (starting: [CurlExchange], cancelled: [CurlExchange], isClosed: Bool) {
        mail.withLock { mail in
            defer { (mail.starting, mail.cancelled) = ([], []) }
            return (mail.starting, mail.cancelled, mail.isClosed)
        }
    }
}
