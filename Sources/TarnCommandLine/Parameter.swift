/// A value that an option or argument can hold.
public protocol ArgumentValue: Sendable {
    init?(argument: String)
}

extension String: ArgumentValue {
    public init(argument: String) { self = argument }
}

extension Int: ArgumentValue {
    public init?(argument: String) { self.init(argument) }
}

extension Int64: ArgumentValue {
    public init?(argument: String) { self.init(argument) }
}

extension ArgumentValue where Self: RawRepresentable, RawValue == String {
    public init?(argument: String) { self.init(rawValue: argument) }
}

/// One argument of a command: how it is written, what it says in `--help`, and which property of `Root` it sets.
public struct Parameter<Root>: Sendable {
    enum Kind { case flag, option, positional, rest }

    let kind: Kind
    let name: String
    let short: Character?
    let placeholder: String
    let help: String
    let isRequired: Bool
    let set: @Sendable (inout Root, String) -> Bool

    /// `--name`: sets a Boolean to true.
    public static func flag(
        _ name: String, short: Character? = nil, _ help: String, _ path: any WritableKeyPath<Root, Bool> & Sendable
    ) -> Self {
        Self(kind: .flag, name: name, short: short, placeholder: "", help: help, isRequired: false) { root, _ in
            root[keyPath: path] = true
            return true
        }
    }

    /// `--name VALUE` with a default.
    public static func option<Value: ArgumentValue>(
        _ name: String, short: Character? = nil, _ placeholder: String, _ help: String,
        _ path: any WritableKeyPath<Root, Value> & Sendable
    ) -> Self {
        Self(kind: .option, name: name, short: short, placeholder: placeholder, help: help, isRequired: false) { root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path] = value
            return true
        }
    }

    /// `--name VALUE` without a default.
    public static func option<Value: ArgumentValue>(
        _ name: String, short: Character? = nil, _ placeholder: String, _ help: String,
        _ path: any WritableKeyPath<Root, Value?> & Sendable
    ) -> Self {
        Self(kind: .option, name: name, short: short, placeholder: placeholder, help: help, isRequired: false) { root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path] = value
            return true
        }
    }

    /// `--name VALUE`, repeatable.
    public static func options<Value: ArgumentValue>(
        _ name: String, _ placeholder: String, _ help: String, _ path: any WritableKeyPath<Root, [Value]> & Sendable
    ) -> Self {
        Self(kind: .option, name: name, short: nil, placeholder: placeholder, help: help + " May be repeated.", isRequired: false) {
            root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path].append(value)
            return true
        }
    }

    /// An argument by position, required.
    public static func positional<Value: ArgumentValue>(
        _ name: String, _ help: String, _ path: any WritableKeyPath<Root, Value> & Sendable
    ) -> Self {
        Self(kind: .positional, name: name, short: nil, placeholder: "", help: help, isRequired: true) { root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path] = value
            return true
        }
    }

    /// An argument by position that may be left out.
    public static func positional<Value: ArgumentValue>(
        optional name: String, _ help: String, _ path: any WritableKeyPath<Root, Value?> & Sendable
    ) -> Self {
        Self(kind: .positional, name: name, short: nil, placeholder: "", help: help, isRequired: false) { root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path] = value
            return true
        }
    }

    /// All further arguments by position.
    public static func rest<Value: ArgumentValue>(
        _ name: String, required: Bool = false, _ help: String, _ path: any WritableKeyPath<Root, [Value]> & Sendable
    ) -> Self {
        Self(kind: .rest, name: name + "…", short: nil, placeholder: "", help: help, isRequired: required) { root, text in
            guard let value = Value(argument: text) else { return false }
            root[keyPath: path].append(value)
            return true
        }
    }

    var isByPosition: Bool { kind == .positional || kind == .rest }

    /// How the left column of `--help` shows it.
    var spelling: String {
        if isByPosition { return name }
        return (short.map { "-\($0), " } ?? "    ") + "--\(name)" + (placeholder.isEmpty ? "" : " \(placeholder)")
    }
}
