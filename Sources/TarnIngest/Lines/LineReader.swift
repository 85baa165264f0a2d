package import TarnBase

/// Whole lines of a source, as many at a time as are there.
package struct LineBlock: Sendable {
    /// Complete lines with their ends, or one line without.
    package let bytes: Bytes
    /// The input ended without a line's end.
    package let isUnterminated: Bool
    /// The one line here is only the beginning of a longer one than the reader takes.
    package let isCut: Bool
}

/// Cuts a source into lines. Lines end with LF or CR LF; memory is bounded by a stretch and the longest line allowed.
package final class LineReader {
    private let source: any ByteSource
    private let maximumLine: Int
    /// The beginning of a line whose end has not come yet.
    private var carry = ByteBuilder()
    /// What is left of the last stretch.
    private var rest = Bytes()
    /// Passing over the rest of a line that is too long.
    private var isPassing = false
    private var isAtEnd = false

    package init(_ source: any ByteSource, maximumLine: ByteCount) {
        self.source = source
        self.maximumLine = Int(clamping: maximumLine.bytes)
    }

    package enum Step: Sendable {
        case lines(LineBlock)
        /// Nothing came in time.
        case idle
        case end
    }

    package func next(within milliseconds: Int64?) async throws -> Step {
        while true {
            if let block = takeBlock() { return .lines(block) }
            if isAtEnd { return .end }
            switch try await source.next(within: milliseconds) {
            case .idle: return .idle
            case .bytes(let bytes): rest = bytes
            case .end:
                isAtEnd = true
                guard !carry.isEmpty else { return .end }
                return .lines(LineBlock(bytes: carry.finish(), isUnterminated: true, isCut: false))
            }
        }
    }

    /// The next block from what is here; nil when more is needed.
    private func takeBlock() -> LineBlock? {
        guard !rest.isEmpty else { return nil }
        if isPassing {
            guard let end = firstLineEnd(in: rest) else {
                rest = Bytes()
                return nil
            }
            isPassing = false
            rest = rest[(end + 1)..<rest.count]
            return takeBlock()
        }
        if !carry.isEmpty { return takeCarried() }
        guard let end = lastLineEnd(in: rest) else { return keep() }
        let block = rest[0..<(end + 1)]
        rest = rest[(end + 1)..<rest.count]
        return LineBlock(bytes: block, isUnterminated: false, isCut: false)
    }

    /// The line whose beginning lies in `carry`.
    private func takeCarried() -> LineBlock? {
        guard let end = firstLineEnd(in: rest) else { return keep() }
        carry.append(rest[0..<(end + 1)])
        rest = rest[(end + 1)..<rest.count]
        return LineBlock(bytes: carry.finish(), isUnterminated: false, isCut: false)
    }

    private func keep() -> LineBlock? {
        carry.append(rest)
        rest = Bytes()
        guard carry.count > maximumLine else { return nil }
        isPassing = true
        return LineBlock(bytes: carry.finish(), isUnterminated: false, isCut: true)
    }

    private func firstLineEnd(in bytes: Bytes) -> Int? { bytes.withUnsafeBytes { LineReader.firstLineEnd($0) } }

    private func lastLineEnd(in bytes: Bytes) -> Int? {
        bytes.withUnsafeBytes { buffer in buffer.lastIndex(of: 0x0A) }
    }
}
