/// Where an object is, relative to its store's root: segments joined by `/`, without one at either end.
///
///     .hoodie/20260110080000000.commit
///     city=Oslo/c41b…-0_0-12-30_20260110080000000.parquet
///
/// The empty path is the root. Paths compare by their UTF-8 bytes, which is the order in which every store lists.
/// Not representable, so that a path can never leave its root: empty segments, `.`, `..`, NUL.
public struct ObjectPath: Hashable, Sendable {
    public let text: String

    /// The store's root.
    public static let root = ObjectPath(unchecked: "")

    private init(unchecked text: String) { self.text = text }

    public init?(_ text: String) {
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let dot = UInt8(ascii: ".")
        for segment in segments where !text.isEmpty {
            if segment.isEmpty || segment.elementsEqual([dot]) || segment.elementsEqual([dot, dot]) || segment.contains(0) {
                return nil
            }
        }
        self.text = text
    }

    /// The path of `relative` below this one.
    /// - Precondition: `relative` is a legal path. What comes from a file is checked with `init?` first.
    public func appending(_ relative: String) -> ObjectPath {
        guard let path = ObjectPath(text.isEmpty ? relative : relative.isEmpty ? text : "\(text)/\(relative)") else {
            preconditionFailure("illegal path segment in '\(relative)'")
        }
        return path
    }

    public var isRoot: Bool { text.isEmpty }

    /// The last segment; empty for the root.
    public var name: String { String(text.utf8.split(separator: UInt8(ascii: "/")).last.map(Substring.init) ?? "") }

    /// All but the last segment.
    public var parent: ObjectPath {
        ObjectPath(unchecked: text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "")
    }

    /// The rest of this path below `ancestor`; nil if it does not lie there.
    public func relative(to ancestor: ObjectPath) -> String? {
        if ancestor.isRoot { return text }
        guard text.utf8.count > ancestor.text.utf8.count + 1, text.utf8.starts(with: ancestor.text.utf8) else { return nil }
        let rest = text.utf8.dropFirst(ancestor.text.utf8.count)
        guard rest.first == UInt8(ascii: "/") else { return nil }
        return String(Substring(rest.dropFirst()))
    }
}

extension ObjectPath {
    // By bytes, not by canonical equivalence as texts compare: to a store, two spellings of one accent are two objects.
    public static func == (left: ObjectPath, right: ObjectPath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension ObjectPath: Comparable {
    public static func < (left: ObjectPath, right: ObjectPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ObjectPath: CustomStringConvertible {
    public var description: String { text }
}
