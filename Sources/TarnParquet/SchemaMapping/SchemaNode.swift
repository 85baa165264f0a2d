/// The tree that the flat list of a footer's elements describes: depth first, each group followed by its children.
struct SchemaNodes {
    let elements: [SchemaElement]
    /// Behind the last element below each: where its next sibling stands.
    private var ends: [Int32]

    /// - Throws: `malformed` for a list that is no tree with a group for its root, `limit` for one too deep.
    init(_ elements: [SchemaElement], maximumDepth: Int) throws(ParquetError) {
        self.elements = elements
        guard elements.count < Int32.max else { throw .limit("a schema of \(elements.count) elements") }
        ends = [Int32](repeating: 0, count: elements.count)
        let end = try measure(0, depthLeft: maximumDepth)
        guard end == elements.count else { throw .malformed("\(elements.count - end) schema elements belong to no group") }
        guard elements[0].physicalType == nil else { throw .malformed("the schema's root is not a group") }
    }

    /// - Returns: Behind the last element below that at `index`.
    private mutating func measure(_ index: Int, depthLeft: Int) throws(ParquetError) -> Int {
        guard index < elements.count else { throw .malformed("the schema ends inside a group") }
        guard depthLeft > 0 else { throw .limit("the schema is nested too deep") }
        let count = Int(elements[index].childCount ?? 0)
        var next = index + 1
        if elements[index].physicalType != nil {
            guard count == 0 else { throw .malformed("schema element \(elements[index].name) is both a leaf and a group") }
        } else {
            guard count >= 0, count <= elements.count - next else { throw .malformed("group \(elements[index].name) has \(count) children") }
            for _ in 0..<count { next = try measure(next, depthLeft: depthLeft - 1) }
        }
        ends[index] = Int32(next)
        return next
    }

    /// The elements right below that at `index`, by their positions.
    func children(of index: Int) -> [Int] {
        var children: [Int] = []
        children.reserveCapacity(childCount(of: index))
        var next = index + 1
        while next < ends[index] {
            children.append(next)
            next = Int(ends[next])
        }
        return children
    }

    func childCount(of index: Int) -> Int { Int(elements[index].childCount ?? 0) }

    // MARK: Lists and maps

    func isAnnotatedList(_ index: Int) -> Bool { elements[index].logicalType == .list || elements[index].convertedType == .list }

    func isAnnotatedMap(_ index: Int) -> Bool {
        let element = elements[index]
        return element.logicalType == .map || element.convertedType == .map || element.convertedType == .mapKeyValue
    }

    func onlyRepeatedChild(of index: Int) -> Int? {
        childCount(of: index) == 1 && elements[index + 1].repetition == .repeated ? index + 1 : nil
    }

    /// The element of a 3-level list whose repeated node this is; nil when this node is the element itself (2 levels).
    ///
    /// A group of one member is a wrapper, unless it is named `array` or `<list>_tuple`, or is itself annotated or holds a
    /// repeated member (a list of structs or lists, then).
    func wrappedElement(_ index: Int, inListNamed list: String) -> Int? {
        let element = elements[index]
        guard element.physicalType == nil, childCount(of: index) == 1, !isAnnotatedList(index), !isAnnotatedMap(index) else { return nil }
        guard element.name != "array", element.name != list + "_tuple" else { return nil }
        return elements[index + 1].repetition == .repeated ? nil : index + 1
    }
}
