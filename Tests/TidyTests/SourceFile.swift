import TarnBase
import TarnStorage

/// A Swift file of this repository.
struct SourceFile: Sendable {
    /// From the root of the repository: `Sources/TarnBase/Bytes/Bytes.swift`.
    let path: String
    let lines: [String]
    /// Names and marks, without what stands in comments and string literals.
    let tokens: [Token]

    struct Token: Sendable {
        /// A whole identifier or number, or one other character.
        let text: String
        /// From 1.
        let line: Int
    }

    /// The folder directly in `Sources` or `Tests`.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { path.split(separator: "/").last.map(String.init) ?? "" }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        tokens = Tokens.of(Array(text.utf8))
    }

    /// Whether the tokens from `index` on are `pattern`.
    func matches(_ pattern: [String], at index: Int) -> Bool {
        guard tokens.count - index >= pattern.count else { return false }
        for (offset, text) in pattern.enumerated() where tokens[index + offset].text != text { return false }
        return true
    }

    func place(of token: Int) -> String {
        let line = tokens[token].line
        return "\(path):\(line): \(lines[line - 1].trimmed)"
    }
}

/// Reads the repository's files, once for all tests.
actor Repository {
    static let current = Repository()
    private var cached: [String: [SourceFile]] = [:]

    /// Files and folders of the root.
    func topLevel() async throws -> [String] {
        let listing = try await LocalStore(root: Self.root, durability: .none).list(.root, recursive: false)
        return listing.objects.map(\.path.name) + listing.folders.map(\.name)
    }

    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

    func files(in folder: String) async throws -> [SourceFile] {
        if let files = cached[folder] { return files }
        let store = try LocalStore(root: Self.root, durability: .none)
        var files: [SourceFile] = []
        for info in try await store.list(ObjectPath.root.appending(folder), recursive: true).objects where info.path.name.hasSuffix(".swift") {
            files.append(SourceFile(path: info.path.text, text: try await store.get(info.path).printableText))
        }
        cached[folder] = files
        return files
    }
}

/// Cuts Swift into tokens, well enough to look for calls. Code in interpolations goes with its literal.
private struct Tokens {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var tokens: [SourceFile.Token] = []

    static func of(_ bytes: [UInt8]) -> [SourceFile.Token] {
        var scan = Tokens(bytes: bytes)
        scan.run()
        return scan.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x5F || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
    }

    private mutating func run() {
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x2F where starts("//"): skip(until: "\n", escape: false, including: false)
            case 0x2F where starts("/*"): skip(until: "*/", escape: false)
            case 0x23 where starts("#\"\"\""), 0x23 where starts("##\"\"\""):
                let marks = starts("##") ? "##" : "#"
                index += marks.utf8.count + 3
                skip(until: "\"\"\"" + marks, escape: false)
            case 0x23 where starts("#\""):
                index += 2
                skip(until: "\"#", escape: false)
            case 0x22:
                let isLong = starts("\"\"\"")
                index += isLong ? 3 : 1
                skip(until: isLong ? "\"\"\"" : "\"", escape: true)
            case 0x0A, 0x20: advance()
            default:
                var end = index + 1
                if Self.isWord(byte) { while end < bytes.count, Self.isWord(bytes[end]) { end += 1 } }
                // `try!` is one word, `try !condition` two.
                if bytes[index..<end].elementsEqual("try".utf8), end < bytes.count, bytes[end] == UInt8(ascii: "!") { end += 1 }
                tokens.append(.init(text: String(decoding: bytes[index..<end], as: UTF8.self), line: line))
                index = end
            }
        }
    }

    private func starts(_ text: StaticString) -> Bool {
        bytes.count - index >= text.utf8CodeUnitCount
            && bytes[index..<index + text.utf8CodeUnitCount].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func advance() {
        if bytes[index] == 0x0A { line += 1 }
        index += 1
    }

    private mutating func skip(until end: String, escape: Bool, including: Bool = true) {
        let end = Array(end.utf8)
        while index < bytes.count, !bytes[index...].starts(with: end) {
            guard escape, bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                advance()
                continue
            }
            index += 1
            var depth = 0
            // Of an interpolation, all to its closing parenthesis: it may hold quotes.
            repeat {
                if bytes[index] == UInt8(ascii: "(") { depth += 1 }
                if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
                advance()
            } while index < bytes.count && depth > 0
        }
        if including { index = min(bytes.count, index + end.count) }
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
