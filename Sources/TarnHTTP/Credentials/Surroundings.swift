import Glibc

/// The process's environment variables and the user's files, as far as settings of AWS are in them.
package struct Surroundings: Sendable {
    private let variable: @Sendable (String) -> String?
    private let file: @Sendable (String) -> String?

    package init(variable: @escaping @Sendable (String) -> String?, file: @escaping @Sendable (String) -> String?) {
        self.variable = variable
        self.file = file
    }

    package static let process = Surroundings(
        variable: { name in getenv(name).map { String(cString: $0) } },
        file: { readSmallFile($0) }
    )

    /// An environment variable; an empty one counts as not set.
    package subscript(name: String) -> String? {
        variable(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What both files say of a profile; the credentials file wins. Empty if neither names it.
    package func profile(_ name: String) -> AWSProfile {
        let home = self["HOME"] ?? ""
        let config = file(self["AWS_CONFIG_FILE"] ?? "\(home)/.aws/config") ?? ""
        let credentials = file(self["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials") ?? ""
        let fromConfig = AWSProfile.sections(of: config)["profile \(name)"] ?? AWSProfile.sections(of: config)[name] ?? [:]
        let fromCredentials = AWSProfile.sections(of: credentials)[name] ?? [:]
        return AWSProfile(name: name, settings: fromConfig.merging(fromCredentials) { $1 })
    }
}

/// A named set of settings in `~/.aws`.
package struct AWSProfile: Sendable {
    package let name: String
    /// Names in lower case.
    package let settings: [String: String]

    package var isEmpty: Bool { settings.isEmpty }

    /// Settings by section; nested ones, which are indented, are left out.
    package static func sections(of text: String) -> [String: [String: String]] {
        var sections: [String: [String: String]] = [:]
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                let words = line.dropFirst().prefix { $0 != "]" }.split(whereSeparator: \.isWhitespace)
                current = words.joined(separator: " ")
            } else if let current, !first.isWhitespace, let equals = line.firstIndex(of: "=") {
                let name = line[..<equals].filter { !$0.isWhitespace }.lowercased()
                sections[current, default: [:]][name] = trimmed(line[line.index(after: equals)...])
            }
        }
        return sections
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// nil if it cannot be read or is no settings file by its size.
private func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < 4 << 20 {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
    return nil
}
