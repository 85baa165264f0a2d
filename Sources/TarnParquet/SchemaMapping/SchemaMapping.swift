import TarnColumns

/// Turns a Parquet schema into column types, with the older shapes of lists and maps that Hudi's tables hold.
///
/// Specification: Parquet, *LogicalTypes*, "Nested Types" with its backward-compatibility rules; hudi-format-v6 §4.3.
struct SchemaMapping {
    let nodes: SchemaNodes
    private(set) var leaves: [LeafColumn] = []
    /// How many nodes no type is right for: those of ``SchemaField/Shape/refused(_:)``.
    private(set) var refusedCount = 0
    private let int96: TimeUnit

    init(_ nodes: SchemaNodes, int96: TimeUnit) {
        self.nodes = nodes
        self.int96 = int96
        leaves.reserveCapacity(nodes.elements.count)
    }

    /// Where in the tree a node stands: its levels, and the names down to its parent.
    struct Position {
        var definitionLevel = 0
        var repetitionLevel = 0
        var entryLevel = 0
        var parents: [String] = []

        func entering(_ repetition: Repetition?) -> Position {
            var position = self
            if repetition == .optional { position.definitionLevel += 1 }
            return position
        }

        /// Inside one entry of a repeated node.
        func enteringEntry() -> Position {
            var position = self
            position.definitionLevel += 1
            position.repetitionLevel += 1
            position.entryLevel = position.definitionLevel
            return position
        }

        func below(_ element: SchemaElement) -> Position {
            var position = self
            position.parents.append(element.name)
            return position
        }

        func name(of element: SchemaElement) -> String { (parents + [element.name]).joined(separator: ".") }
    }

    /// The field that the element at `node` stands for. A repeated one outside a list is a list of required elements, itself
    /// never null.
    @inline(__always)
    mutating func field(_ node: Int, within parent: Position) throws(ParquetError) -> SchemaField {
        if nodes.elements[node].physicalType != nil, nodes.elements[node].repetition != .repeated {
            return leaf(node, named: nodes.elements[node].name, at: parent.entering(nodes.elements[node].repetition))
        }
        return try nestedField(node, within: parent)
    }

    private mutating func nestedField(_ node: Int, within parent: Position) throws(ParquetError) -> SchemaField {
        guard nodes.elements[node].repetition != .repeated else {
            return try list(named: nodes.elements[node].name, isNullable: false, of: node, wrapping: nil, at: parent)
        }
        return try single(node, named: nodes.elements[node].name, at: parent.entering(nodes.elements[node].repetition))
    }

    /// The same without regard to its being repeated.
    private mutating func single(_ node: Int, named name: String, at position: Position) throws(ParquetError) -> SchemaField {
        guard nodes.elements[node].physicalType == nil else { return leaf(node, named: name, at: position) }
        let element = nodes.elements[node]
        let isNullable = element.repetition == .optional
        if nodes.isAnnotatedList(node), let repeated = nodes.onlyRepeatedChild(of: node) {
            let wrapped = nodes.wrappedElement(repeated, inListNamed: element.name)
            return try list(named: name, isNullable: isNullable, of: repeated, wrapping: wrapped, at: position.below(element))
        }
        if nodes.isAnnotatedMap(node), let entries = nodes.onlyRepeatedChild(of: node), (1...2).contains(nodes.childCount(of: entries)) {
            return try map(named: name, isNullable: isNullable, of: entries, at: position.below(element))
        }
        guard nodes.childCount(of: node) > 0 else {
            return refused(.unsupported("a group without members", column: position.name(of: element)), named: name, isNullable, position, [])
        }
        let firstLeaf = leaves.count
        let inside = position.below(element)
        var members: [SchemaField] = []
        for child in nodes.children(of: node) { members.append(try field(child, within: inside)) }
        return SchemaField(
            field: Field(name, .struct(members.map(\.field)), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .structure(members), leaves: firstLeaf..<leaves.count)
    }

    /// - Parameters:
    ///   - wrapped: The element, when `repeated` is only its wrapper.
    ///   - position: Of the list, with the names down to it.
    private mutating func list(
        named name: String, isNullable: Bool, of repeated: Int, wrapping wrapped: Int?, at position: Position
    ) throws(ParquetError) -> SchemaField {
        let firstLeaf = leaves.count
        let entry = position.enteringEntry()
        let element: SchemaField
        if let wrapped {
            element = try field(wrapped, within: entry.below(nodes.elements[repeated])).renamed("element")
        } else {
            element = try single(repeated, named: "element", at: entry)
        }
        return SchemaField(
            field: Field(name, .list(element: element.field), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .list(entryLevel: entry.definitionLevel, element: element), leaves: firstLeaf..<leaves.count)
    }

    private mutating func map(
        named name: String, isNullable: Bool, of entries: Int, at position: Position
    ) throws(ParquetError) -> SchemaField {
        let firstLeaf = leaves.count
        let entry = position.enteringEntry()
        let inside = entry.below(nodes.elements[entries])
        let members = nodes.children(of: entries)
        let key = try field(members[0], within: inside)
        guard members.count == 2 else {
            // A map without values is a list of its keys.
            let element = key.renamed("element")
            return SchemaField(
                field: Field(name, .list(element: element.field), nullable: isNullable),
                definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
                shape: .list(entryLevel: entry.definitionLevel, element: element), leaves: firstLeaf..<leaves.count)
        }
        let value = try field(members[1], within: inside).renamed("value")
        // Hive wrote keys as optional; none may be null all the same, which record assembly checks.
        let requiredKey = key.renamed("key").required()
        return SchemaField(
            field: Field(name, .map(key: requiredKey.field, value: value.field), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .map(entryLevel: entry.definitionLevel, key: requiredKey, value: value), leaves: firstLeaf..<leaves.count)
    }

    private mutating func leaf(_ node: Int, named name: String, at position: Position) -> SchemaField {
        let element = nodes.elements[node]
        let isNullable = element.repetition == .optional
        let (type, conversion): (DataType, ValueConversion)
        do { (type, conversion) = try LeafMapping.type(of: element, int96: int96) } catch {
            // The leaf stays, since chunks are told apart by number; nothing is said of its values.
            let bytes = element.physicalType == .fixedLengthByteArray ? ValueConversion.fixedBytes : .none
            let column = LeafColumn(leaves.count, element, at: position, .binary, bytes, isOrdered: false)
            return refused(ParquetError(error.kind, error.message, column: column.name), named: name, isNullable, position, [column])
        }
        let column = LeafColumn(leaves.count, element, at: position, type, conversion, isOrdered: LeafMapping.isOrdered(element))
        leaves.append(column)
        return SchemaField(
            field: Field(name, type, nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .leaf(column), leaves: column.index..<(column.index + 1))
    }

    private mutating func refused(
        _ error: ParquetError, named name: String, _ isNullable: Bool, _ position: Position, _ columns: [LeafColumn]
    ) -> SchemaField {
        refusedCount += 1
        let firstLeaf = leaves.count
        leaves += columns
        return SchemaField(
            field: Field(name, .binary, nullable: isNullable), definitionLevel: position.definitionLevel,
            repetitionLevel: position.repetitionLevel, shape: .refused(error), leaves: firstLeaf..<leaves.count)
    }
}

extension LeafColumn {
    fileprivate init(
        _ index: Int, _ element: SchemaElement, at position: SchemaMapping.Position, _ type: DataType, _ conversion: ValueConversion, isOrdered: Bool
    ) {
        self.index = index
        ownName = element.name
        parents = position.parents
        physicalType = element.physicalType ?? .byteArray
        typeLength = element.physicalType == .int96 ? 12 : element.physicalType == .fixedLengthByteArray ? Int(element.typeLength ?? 0) : 0
        maximumDefinitionLevel = position.definitionLevel
        maximumRepetitionLevel = position.repetitionLevel
        entryLevel = position.entryLevel
        self.type = type
        self.conversion = conversion
        self.isOrdered = isOrdered
    }
}

extension SchemaField {
    fileprivate func renamed(_ name: String) -> SchemaField {
        with(Field(name, field.type, nullable: field.isNullable))
    }

    fileprivate func required() -> SchemaField { with(Field(field.name, field.type, nullable: false)) }

    private func with(_ field: Field) -> SchemaField {
        SchemaField(
            field: field, definitionLevel: definitionLevel, repetitionLevel: repetitionLevel, shape: shape, leaves: leaves)
    }
}
