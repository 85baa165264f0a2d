package import TarnColumns

/// A column as the file stores it: no nesting, but levels that say where its values stand.
package struct LeafColumn: Hashable, Sendable {
    /// Among the leaves of the schema, and among the chunks of a row group.
    package internal(set) var index: Int
    /// Names from below the root down to the group it stands in: shared by all in it.
    let parents: [String]
    let ownName: String
    package let physicalType: PhysicalType
    /// Bytes of a value of `fixedLengthByteArray`; 12 for `int96`; otherwise 0.
    package let typeLength: Int
    /// The level of a value that is there.
    package let maximumDefinitionLevel: Int
    /// How many of the nodes on the path repeat.
    package let maximumRepetitionLevel: Int
    /// The definition level at which the innermost repeated node on the path has an entry; 0 without one. Positions below it
    /// stand for empty or null lists and have no slot in the column.
    package let entryLevel: Int
    /// What the values are in memory.
    package let type: DataType
    /// How stored values become those in memory.
    package let conversion: ValueConversion
    /// Whether the format gives its values an order, so that stored bounds mean something: not so for INT96, intervals, and
    /// logical types that this version does not know.
    package let isOrdered: Bool

    /// What is to be spread over the slots: dense values in one of three forms.
    enum Storage { case bits, fixed(width: Int), views }

    var storage: Storage {
        if let width = type.fixedWidth { return .fixed(width: width) }
        return type == .boolean ? .bits : .views
    }

    /// Bytes of one PLAIN value; nil for byte arrays and booleans.
    var storedWidth: Int? {
        switch physicalType {
        case .int32, .float: 4
        case .int64, .double: 8
        case .int96, .fixedLengthByteArray: typeLength
        case .boolean, .byteArray: nil
        }
    }

    /// Names from below the root.
    package var path: [String] { parents + [ownName] }

    /// The dotted path.
    package var name: String { parents.isEmpty ? ownName : path.joined(separator: ".") }
}

/// How stored values become those in memory. Only ``none`` is ever written, but for decimals, whose width is the least.
package enum ValueConversion: Hashable, Sendable {
    /// The bytes are the same, byte arrays aside, which become views.
    case none
    /// Values of `fixedLengthByteArray` become views.
    case fixedBytes
    /// `uint32` in 4 bytes to `.int64`.
    case unsignedToInt64
    /// `uint64` to `.decimal(20, 0)`.
    case unsignedToDecimal
    /// Milliseconds in 4 bytes to microseconds in 8.
    case timeFromMilliseconds
    /// Unscaled `int32` or `int64` to `Int128`.
    case decimalFromInteger
    /// Big-endian two's complement of `typeLength` bytes to `Int128`.
    case decimalFromFixed
    /// The same with a length of its own for each value.
    case decimalFromBytes
    /// Julian day and nanoseconds of the day to microseconds or nanoseconds since 1970.
    case timestampFromInt96
    /// IEEE half precision to single.
    case floatFromHalf
}

/// A column of the schema, or a member of one, with its place in the levels of its leaves.
package struct SchemaField: Hashable, Sendable {
    package let field: Field
    /// Where a leaf's definition level reaches this, the field's own value is there (not null).
    package let definitionLevel: Int
    /// How many ancestors repeat; its own entries, if it is a list or map, are told apart by one more.
    package let repetitionLevel: Int
    package let shape: Shape
    /// The leaves below it, as indices into ``SchemaTree/leaves``, and where only some members are wanted what lies between them:
    /// ``leafIndices`` are those to be read.
    package let leaves: Range<Int>

    package enum Shape: Hashable, Sendable {
        case leaf(LeafColumn)
        case structure([SchemaField])
        /// Where a leaf's definition level reaches `entryLevel`, there is an entry; below it the list is empty or null.
        indirect case list(entryLevel: Int, element: SchemaField)
        indirect case map(entryLevel: Int, key: SchemaField, value: SchemaField)
        /// No type here is right for it. In ``SchemaTree/refused`` alone.
        case refused(ParquetError)
    }
}
