import Testing

/// Spellings that are not wanted, and where they are allowed all the same.
private struct Ban {
    /// Tokens, separated by blanks.
    let patterns: [String]
    let reason: String
    /// Beginnings of paths.
    var exceptIn: [String] = []
    /// Only as a call of a free function: not behind a dot or `func`.
    var isFree = false
    /// Allowed when the call's arguments name this.
    var unlessNaming: String?
}

private let runtime = ["Sources/TarnBase/Runtime/"]
private let tools = ["Sources/TarnCLI/", "Sources/TableCheckCLI/"]
private let bans = [
    Ban(patterns: ["fatalError (", "try!"], reason: "bad bytes throw, our own mistakes are preconditions"),
    Ban(patterns: ["print (", "debugPrint (", "dump (", "puts ("], reason: "only the command lines print", exceptIn: tools, isFree: true, unlessNaming: "into"),
    Ban(patterns: ["ProcessInfo", "FileManager", "NSString", "NSNumber"], reason: "no Foundation"),
    Ban(patterns: ["Task {", "Task . detached", "Task ( priority", "Thread ("], reason: "structured concurrency only", exceptIn: tools),
    Ban(patterns: ["Task . sleep", "usleep (", "nanosleep ("], reason: "waits go through Runtime", exceptIn: runtime),
    Ban(patterns: ["clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock", "DispatchTime", "Date ("], reason: "the time comes through Runtime", exceptIn: runtime),
    Ban(patterns: ["time ( nil", "rand (", "random ("], reason: "time and randomness come through Runtime", exceptIn: runtime, isFree: true),
    Ban(
        patterns: ["SystemRandomNumberGenerator", "getrandom", "arc4random", "UUID (", ". random (", ". shuffled (", ". randomElement ("],
        reason: "randomness comes through Runtime", exceptIn: runtime, unlessNaming: "using"
    ),
    Ban(patterns: ["unowned ( unsafe )", "nonisolated ( unsafe )"], reason: "no unchecked sharing"),
]

/// Files of more than 500 lines that are one concept all the same, each with its reason.
private let longFiles: [String: String] = [:]

@Suite struct HouseRuleTests {
    private func report(_ findings: [String]) {
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    private func isExcused(_ ban: Ban, _ file: SourceFile, at index: Int, length: Int) -> Bool {
        if ban.isFree, index > 0, [".", "func"].contains(file.tokens[index - 1].text) { return true }
        guard let excuse = ban.unlessNaming else { return false }
        var depth = 1
        var next = index + length
        while next < file.tokens.count, depth > 0 {
            if file.tokens[next].text == excuse { return true }
            if file.tokens[next].text == "(" { depth += 1 }
            if file.tokens[next].text == ")" { depth -= 1 }
            next += 1
        }
        return false
    }

    @Test func `no banned call is used`() async throws {
        let patterns = bans.flatMap { ban in
            ban.patterns.map { (tokens: $0.split(separator: " ").map(String.init), ban: ban) }
        }
        let byFirst = Dictionary(grouping: patterns) { $0.tokens[0] }
        var findings: [String] = []
        for file in try await Repository.current.files(in: "Sources") {
            for index in file.tokens.indices {
                for (tokens, ban) in byFirst[file.tokens[index].text] ?? [] where file.matches(tokens, at: index) {
                    guard !ban.exceptIn.contains(where: file.path.hasPrefix) else { continue }
                    guard !isExcused(ban, file, at: index, length: tokens.count) else { continue }
                    findings.append("\(file.place(of: index)): \(ban.reason)")
                }
            }
        }
        report(findings)
    }

    /// Tests run as they are shipped, built for release, where a module is not made for `@testable`.
    @Test func `tests use what a module offers the package`() async throws {
        var findings: [String] = []
        for file in try await Repository.current.files(in: "Tests") {
            for index in file.tokens.indices where file.matches(["@", "testable"], at: index) { findings.append(file.place(of: index)) }
        }
        report(findings)
    }

    @Test func `unchecked Sendable says in the line above what keeps it safe`() async throws {
        var findings: [String] = []
        for file in try await Repository.current.files(in: "Sources") {
            for index in file.tokens.indices where file.matches(["@", "unchecked", "Sendable"], at: index) {
                var above = file.tokens[index].line - 2
                while above >= 0, file.lines[above].trimmed.hasPrefix("@") { above -= 1 }
                if above < 0 || !file.lines[above].trimmed.hasPrefix("//") { findings.append(file.place(of: index)) }
            }
        }
        report(findings)
    }

    @Test func `files stay short, and nothing is left behind`() async throws {
        var findings: [String] = []
        let files = try await Repository.current.files(in: "Sources") + Repository.current.files(in: "Tests")
        let unfinished = ["TODO", "FIXME", "XXX"]
        for file in files where !file.path.hasPrefix("Tests/TidyTests/") {
            let isSource = file.path.hasPrefix("Sources/")
            if isSource, file.lines.count > 500, longFiles[file.path] == nil {
                findings.append("\(file.path): \(file.lines.count) lines; a file has one concept, at most 500 lines")
            }
            for (number, line) in file.lines.enumerated() {
                guard let comment = line.utf8.firstIndex(of: UInt8(ascii: "/")) else { continue }
                let words = line[comment...].split { !$0.isLetter }
                if words.contains(where: { unfinished.contains(String($0)) }) { findings.append("\(file.path):\(number + 1): \(line.trimmed)") }
            }
            let folder = isSource ? "Sources/" : "Tests/"
            let siblings = files.filter { $0.module == file.module && $0.path.hasPrefix(folder) }
            if file.name == "Placeholder.swift", siblings.count > 1 {
                findings.append("\(file.path): the target has content, so the placeholder goes")
            }
        }
        for path in longFiles.keys where files.first(where: { $0.path == path })?.lines.count ?? 0 <= 500 {
            findings.append("\(path): no longer long; take it off the list")
        }
        report(findings)
    }

    @Test func `the top level holds what it should and no more`() async throws {
        let named = [
            "Package.swift", "Sources", "Tests", "Benchmarks", "Fixtures", "SPEC.md", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile",
        ]
        let found = try await Repository.current.topLevel()
        report(found.filter { !$0.hasPrefix(".") && !named.contains($0) } + named.filter { !found.contains($0) })
    }

    @Test func `comments and literals are told from code`() {
        let text = ##"""
            let a = "print(\(b("x")))" // try!
            /* fatalError( */ let c = #"a"b"#; let d = """
                Task {
                """
            print(1)
            """##
        let file = SourceFile(path: "Sources/X/x.swift", text: text)
        #expect(file.tokens.map(\.text) == ["let", "a", "=", "let", "c", "=", ";", "let", "d", "=", "print", "(", "1", ")"])
        #expect(file.tokens.last?.line == 5)
    }
}
