/// The arguments of one command, parsed into a value.
public protocol CommandOptions: Sendable {
    init()
    static var name: String { get }
    static var abstract: String { get }
    static var parameters: [Parameter<Self>] { get }
    /// Those that it has in common with other commands; `--help` lists them last.
    static var sharedParameters: [Parameter<Self>] { get }
}

/// What a command line says that cannot be understood. Exit code 2.
public struct UsageError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

extension CommandOptions {
    public static var sharedParameters: [Parameter<Self>] { [] }

    private static var allParameters: [Parameter<Self>] { parameters + sharedParameters }

    /// The text of `--help`.
    public static var help: String {
        let parameters = allParameters
        let width = (parameters.map(\.spelling.count).max() ?? 0) + 2
        let rows = parameters.map { "  " + $0.spelling + String(repeating: " ", count: width - $0.spelling.count) + $0.help }
        let positionals = parameters.filter(\.isByPosition).map { $0.isRequired ? " \($0.name)" : " [\($0.name)]" }
        return "\(abstract)\n\nUsage: \(name)\(positionals.joined()) [options]\n\n\(rows.joined(separator: "\n"))\n"
    }

    /// Reads `arguments`: `--name value`, `--name=value`, `-n value`, flags, `--` before what only looks like an option.
    public static func parse(_ arguments: some Sequence<String>) throws(UsageError) -> Self {
        let parameters = allParameters
        var result = Self()
        var words = Array(arguments)[...]
        var positionals = parameters.filter(\.isByPosition)[...]
        var filled: Set<String> = []
        var onlyPositionals = false
        while let word = words.popFirst() {
            if !onlyPositionals, word == "--" {
                onlyPositionals = true
                continue
            }
            let isByPosition = onlyPositionals || !word.hasPrefix("-") || word == "-"
            let (parameter, value) =
                isByPosition ? (try nextPositional(&positionals, for: word), word) : try option(word, taking: &words)
            filled.insert(parameter.name)
            guard parameter.set(&result, value) else {
                let what = parameter.placeholder.isEmpty ? parameter.name : parameter.placeholder
                throw UsageError("'\(value)' is not a valid \(what)\(isByPosition ? "" : " for --\(parameter.name)")")
            }
        }
        if let missing = positionals.first(where: { $0.isRequired && !filled.contains($0.name) }) {
            throw UsageError("missing argument \(missing.name)")
        }
        return result
    }

    private static func nextPositional(
        _ positionals: inout ArraySlice<Parameter<Self>>, for word: String
    ) throws(UsageError) -> Parameter<Self> {
        guard let parameter = positionals.first else { throw UsageError("unexpected argument '\(word)'") }
        if parameter.kind != .rest { positionals.removeFirst() }
        return parameter
    }

    private static func option(
        _ word: String, taking words: inout ArraySlice<String>
    ) throws(UsageError) -> (Parameter<Self>, String) {
        var spelling = word
        var value: String?
        if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
            value = String(word[word.index(after: equals)...])
            spelling = String(word[..<equals])
        }
        let options = allParameters.filter { !$0.isByPosition }
        guard let parameter = options.first(where: { "--" + $0.name == spelling || $0.short.map { "-\($0)" } == spelling }) else {
            let hint = closest(to: spelling, in: options.map { "--" + $0.name }).map { "; did you mean '\($0)'?" } ?? ""
            throw UsageError("unknown option '\(spelling)'\(hint)")
        }
        if parameter.kind == .flag {
            guard value == nil else { throw UsageError("option '\(spelling)' takes no value") }
            return (parameter, "")
        }
        guard let text = value ?? words.popFirst() else { throw UsageError("option '\(spelling)' needs \(parameter.placeholder)") }
        return (parameter, text)
    }
}
