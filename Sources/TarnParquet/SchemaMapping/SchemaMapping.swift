import TarnColumns

/// Turns a Parquet schema into column types, with the older shapes of lists and maps that Hudi's tables hold.
///
/// Specification: Parquet, *LogicalTypes*, "Nested Types" with its backward-compatibility rules; hudi-format-v6 §4.3.
struct SchemaMapping {
    private(set) var leaves: [LeafColumn] = []
    /// How many nodes no type is right for: those of ``SchemaField/Shape/refused(_:)``.
    private(set) var refusedCount = 0
    private let int96: TimeUnit

    init(int96: TimeUnit) { self.int96 = int96 }

    /// Where in the tree a node stands: the levels of its parent, and the names down to it.
    struct Position {
        var definitionLevel = 0
        var repetitionLevel = 0
        var entryLevel = 0
        var path: [String] = []

        func entering(_ node: SchemaNode) -> Position {
            var position = self
            position.path.append(node.element.name)
            if node.element.repetition == .optional { position.definitionLevel += 1 }
            return position
        }

        /// Inside one entry of a repeated node.
        func enteringEntry(of node: SchemaNode) -> Position {
            var position = self
            position.path.append(node.element.name)
            position.definitionLevel += 1
            position.repetitionLevel += 1
            position.entryLevel = position.definitionLevel
            return position
        }
    }

    /// The field that `node` stands for. A repeated node outside a list is a list of required elements, itself never null.
    mutating func field(_ node: SchemaNode, within parent: Position) throws(ParquetError) -> SchemaField {
        guard node.element.repetition != .repeated else {
            return try list(named: node.element.name, isNullable: false, of: node, wrapping: nil, at: parent)
        }
        return try single(node, named: node.element.name, at: parent.entering(node))
    }

    /// `node` without regard to its being repeated.
    private mutating func single(_ node: SchemaNode, named name: String, at position: Position) throws(ParquetError) -> SchemaField {
        let isNullable = node.element.repetition == .optional
        guard node.element.physicalType == nil else { return try leaf(node, named: name, isNullable: isNullable, at: position) }
        if node.isAnnotatedList, let repeated = node.onlyRepeatedChild {
            let wrapped = repeated.wrappedElement(inListNamed: node.element.name)
            return try list(named: name, isNullable: isNullable, of: repeated, wrapping: wrapped, at: position)
        }
        if node.isAnnotatedMap, let entries = node.onlyRepeatedChild, (1...2).contains(entries.children.count) {
            return try map(named: name, isNullable: isNullable, of: entries, at: position)
        }
        guard !node.children.isEmpty else {
            return refused(.unsupported("a group without members", column: position.path.joined(separator: ".")), named: name, isNullable, position, [])
        }
        let firstLeaf = leaves.count
        var members: [SchemaField] = []
        for child in node.children { members.append(try field(child, within: position)) }
        return SchemaField(
            field: Field(name, .struct(members.map(\.field)), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .structure(members), leaves: firstLeaf..<leaves.count)
    }

    /// - Parameter wrapped: The element, when `repeated` is only its wrapper.
    private mutating func list(
        named name: String, isNullable: Bool, of repeated: SchemaNode, wrapping wrapped: SchemaNode?, at position: Position
    ) throws(ParquetError) -> SchemaField {
        let firstLeaf = leaves.count
        let entry = position.enteringEntry(of: repeated)
        let element: SchemaField
        if let wrapped {
            element = try field(wrapped, within: entry).renamed("element")
        } else {
            element = try single(repeated, named: "element", at: entry)
        }
        return SchemaField(
            field: Field(name, .list(element: element.field), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .list(entryLevel: entry.definitionLevel, element: element), leaves: firstLeaf..<leaves.count)
    }

    private mutating func map(
        named name: String, isNullable: Bool, of entries: SchemaNode, at position: Position
    ) throws(ParquetError) -> SchemaField {
        let firstLeaf = leaves.count
        let entry = position.enteringEntry(of: entries)
        let key = try field(entries.children[0], within: entry)
        guard entries.children.count == 2 else {
            // A map without values is a list of its keys.
            let element = key.renamed("element")
            return SchemaField(
                field: Field(name, .list(element: element.field), nullable: isNullable),
                definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
                shape: .list(entryLevel: entry.definitionLevel, element: element), leaves: firstLeaf..<leaves.count)
        }
        let value = try field(entries.children[1], within: entry).renamed("value")
        // Hive wrote keys as optional; none may be null all the same, which record assembly checks.
        let requiredKey = key.renamed("key").required()
        return SchemaField(
            field: Field(name, .map(key: requiredKey.field, value: value.field), nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .map(entryLevel: entry.definitionLevel, key: requiredKey, value: value), leaves: firstLeaf..<leaves.count)
    }

    private mutating func leaf(
        _ node: SchemaNode, named name: String, isNullable: Bool, at position: Position
    ) throws(ParquetError) -> SchemaField {
        let element = node.element
        let (type, conversion): (DataType, ValueConversion)
        do { (type, conversion) = try LeafMapping.type(of: element, int96: int96) } catch {
            // The leaf stays, since chunks are told apart by number; nothing is said of its values.
            let physical = element.physicalType ?? .byteArray
            let bytes = physical == .fixedLengthByteArray ? ValueConversion.fixedBytes : .none
            let column = column(node, at: position, .binary, bytes, isOrdered: false)
            return refused(ParquetError(error.kind, error.message, column: column.name), named: name, isNullable, position, [column])
        }
        let column = column(node, at: position, type, conversion, isOrdered: LeafMapping.isOrdered(element))
        leaves.append(column)
        return SchemaField(
            field: Field(name, type, nullable: isNullable),
            definitionLevel: position.definitionLevel, repetitionLevel: position.repetitionLevel,
            shape: .leaf(column), leaves: column.index..<(column.index + 1))
    }

    private func column(_ node: SchemaNode, at position: Position, _ type: DataType, _ conversion: ValueConversion, isOrdered: Bool) -> LeafColumn {
        let element = node.element
        return LeafColumn(
            index: leaves.count, path: position.path, physicalType: element.physicalType ?? .byteArray,
            typeLength: element.physicalType == .int96 ? 12 : element.physicalType == .fixedLengthByteArray ? Int(element.typeLength ?? 0) : 0,
            maximumDefinitionLevel: position.definitionLevel, maximumRepetitionLevel: position.repetitionLevel,
            entryLevel: position.entryLevel, type: type, conversion: conversion, isOrdered: isOrdered)
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

extension SchemaNode {
    fileprivate var isAnnotatedList: Bool { element.logicalType == .list || element.convertedType == .list }

    fileprivate var isAnnotatedMap: Bool {
        element.logicalType == .map || element.convertedType == .map || element.convertedType == .mapKeyValue
    }

    fileprivate var onlyRepeatedChild: SchemaNode? {
        children.count == 1 && children[0].element.repetition == .repeated ? children[0] : nil
    }

    /// The element of a 3-level list whose repeated node this is; nil when this node is the element itself (2 levels).
    ///
    /// A group of one member is a wrapper, unless it is named `array` or `<list>_tuple`, or is itself annotated or holds a
    /// repeated member (a list of structs or lists, then).
    fileprivate func wrappedElement(inListNamed list: String) -> SchemaNode? {
        guard element.physicalType == nil, children.count == 1, !isAnnotatedList, !isAnnotatedMap else { return nil }
        guard element.name != "array", element.name != list + "_tuple" else { return nil }
        return children[0].element.repetition == .repeated ? nil : children[0]
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
