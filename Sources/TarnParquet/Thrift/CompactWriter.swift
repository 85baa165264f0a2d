package import TarnBase

/// Writes Thrift's compact protocol; the grammar is at ``CompactReader``.
///
/// Fields are written in rising order of id. Optional values are left out when nil.
package struct CompactWriter: ~Copyable {
    private var output: ByteBuilder
    private var lastID: Int16 = 0

    package init(capacity: Int = 1024) { output = ByteBuilder(capacity: capacity) }

    package mutating func finish() -> Bytes { output.finish() }

    /// The fields of a structure that is not itself a field: the outermost one, or a list's element.
    package mutating func writeStruct(_ body: (inout CompactWriter) -> Void) {
        let outer = lastID
        lastID = 0
        body(&self)
        output.append(0)
        lastID = outer
    }

    package mutating func writeStruct(_ id: Int16, _ body: (inout CompactWriter) -> Void) {
        writeHeader(id, .structure)
        writeStruct(body)
    }

    package mutating func write(_ id: Int16, _ value: Bool?) {
        guard let value else { return }
        writeHeader(id, value ? .booleanTrue : .booleanFalse)
    }

    package mutating func write(_ id: Int16, byte value: Int8) {
        writeHeader(id, .byte)
        output.append(UInt8(bitPattern: value))
    }

    package mutating func write(_ id: Int16, _ value: Int16?) {
        guard let value else { return }
        writeHeader(id, .int16)
        writeZigzag(Int64(value))
    }

    package mutating func write(_ id: Int16, _ value: Int32?) {
        guard let value else { return }
        writeHeader(id, .int32)
        writeZigzag(Int64(value))
    }

    package mutating func write(_ id: Int16, _ value: Int64?) {
        guard let value else { return }
        writeHeader(id, .int64)
        writeZigzag(value)
    }

    package mutating func write(_ id: Int16, _ value: Bytes?) {
        guard let value else { return }
        writeHeader(id, .binary)
        writeBinary(value)
    }

    package mutating func write(_ id: Int16, _ value: String?) {
        guard let value else { return }
        write(id, Bytes(value))
    }

    package mutating func writeList(_ id: Int16, _ values: [Int32]) {
        writeListHeader(id, .int32, count: values.count)
        for value in values { writeZigzag(Int64(value)) }
    }

    package mutating func writeList(_ id: Int16, _ values: [String]) {
        writeListHeader(id, .binary, count: values.count)
        for value in values { writeBinary(Bytes(value)) }
    }

    package mutating func writeList(_ id: Int16, _ values: [Int64]) {
        writeListHeader(id, .int64, count: values.count)
        for value in values { writeZigzag(value) }
    }

    package mutating func writeList(_ id: Int16, _ values: [Bytes]) {
        writeListHeader(id, .binary, count: values.count)
        for value in values { writeBinary(value) }
    }

    package mutating func writeList(_ id: Int16, _ values: [Bool]) {
        writeListHeader(id, .booleanTrue, count: values.count)
        for value in values { output.append(value ? 1 : 2) }
    }

    /// A list of structures.
    package mutating func writeList<Element>(
        _ id: Int16, _ elements: [Element], _ body: (inout CompactWriter, Element) -> Void
    ) {
        writeListHeader(id, .structure, count: elements.count)
        for element in elements { writeStruct { body(&$0, element) } }
    }

    private mutating func writeListHeader(_ id: Int16, _ type: CompactReader.WireType, count: Int) {
        writeHeader(id, .list)
        if count < 15 {
            output.append(UInt8(count) << 4 | type.rawValue)
        } else {
            output.append(0xF0 | type.rawValue)
            writeVarint(UInt64(count))
        }
    }

    private mutating func writeHeader(_ id: Int16, _ type: CompactReader.WireType) {
        precondition(id > lastID, "Thrift fields are written in rising order")
        let delta = Int(id) - Int(lastID)
        if delta <= 15 {
            output.append(UInt8(delta) << 4 | type.rawValue)
        } else {
            output.append(type.rawValue)
            writeZigzag(Int64(id))
        }
        lastID = id
    }

    private mutating func writeBinary(_ value: Bytes) {
        writeVarint(UInt64(value.count))
        output.append(value)
    }

    private mutating func writeZigzag(_ value: Int64) { writeVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    private mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }
}
