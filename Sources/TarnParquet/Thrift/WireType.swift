extension CompactReader {
    /// The types of the compact protocol, as fields and lists name them in half a byte. An open set: of what is passed over only.
    package struct WireType: RawRepresentable, Equatable {
        package let rawValue: UInt8

        @inline(__always)
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static var booleanTrue: WireType { WireType(rawValue: 1) }
        package static var booleanFalse: WireType { WireType(rawValue: 2) }
        package static var byte: WireType { WireType(rawValue: 3) }
        package static var int16: WireType { WireType(rawValue: 4) }
        package static var int32: WireType { WireType(rawValue: 5) }
        package static var int64: WireType { WireType(rawValue: 6) }
        package static var double: WireType { WireType(rawValue: 7) }
        package static var binary: WireType { WireType(rawValue: 8) }
        package static var list: WireType { WireType(rawValue: 9) }
        package static var set: WireType { WireType(rawValue: 10) }
        package static var map: WireType { WireType(rawValue: 11) }
        package static var structure: WireType { WireType(rawValue: 12) }
        package static var uuid: WireType { WireType(rawValue: 13) }

        /// Whether values are integers of variable length.
        @inline(__always)
        var isVarint: Bool { (4...6).contains(rawValue) }
        /// Whether values are lists or sets, which lie alike.
        @inline(__always)
        var isList: Bool { rawValue == 9 || rawValue == 10 }
    }
}

extension CompactReader.WireType: CustomStringConvertible {
    package var description: String {
        let names = ["0", "true", "false", "i8", "i16", "i32", "i64", "double", "binary", "list", "set", "map", "struct", "uuid"]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "\(rawValue)"
    }
}
