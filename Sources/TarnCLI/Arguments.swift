public import Tarn
public import TarnBase
public import TarnCommandLine

extension ByteCount: ArgumentValue {
    public init?(argument: String) {
        guard let size = ByteCount(argument), size.bytes > 0 else { return nil }
        self = size
    }
}

extension TableConfiguration.KeyGeneratorKind: ArgumentValue {}

/// `on` or `off`.
enum Switch: String, ArgumentValue {
    case on, off
    var isOn: Bool { self == .on }
}

/// Names separated by commas: `a,b`.
struct NameList: ArgumentValue {
    var names: [String] = []

    init(_ names: [String] = []) { self.names = names }

    init?(argument: String) {
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !names.contains("") else { return nil }
    }
}
