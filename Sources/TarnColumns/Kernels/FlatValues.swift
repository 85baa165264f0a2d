import TarnBase

/// A flat, not boolean column as loops see it: values of 4, 8 or 16 bytes (views included), reached directly or through codes.
///
/// Holds bare pointers: whoever makes one keeps the column alive while it is used.
struct FlatValues {
    /// nil when values are plain: value of row `i` at index `i`.
    let codes: UnsafePointer<UInt32>?
    let values: UnsafeRawPointer
    /// What long views point into.
    let buffers: [UnsafeRawPointer]
    let width: Int

    /// nil for booleans and nested types.
    init?(_ column: Column) {
        switch column.values {
        case .fixed(let bytes):
            self.init(codes: nil, values: bytes.unsafePointer, buffers: [], width: column.type.fixedWidth ?? 0)
        case .views(let views):
            self.init(
                codes: nil, values: views.views.unsafePointer, buffers: views.buffers.map(\.unsafePointer), width: 16)
        case .dictionary(let codes, let dictionary):
            guard let entries = FlatValues(dictionary) else { return nil }
            // Null slots carry code 0, which an empty dictionary does not have.
            let values = dictionary.count == 0 ? FlatValues.zeros.unsafePointer : entries.values
            self.init(
                codes: codes.unsafePointer.assumingMemoryBound(to: UInt32.self), values: values,
                buffers: entries.buffers, width: entries.width)
        case .bits, .list, .map, .fields: return nil
        }
    }

    private init(codes: UnsafePointer<UInt32>?, values: UnsafeRawPointer, buffers: [UnsafeRawPointer], width: Int) {
        self.codes = codes
        self.values = values
        self.buffers = buffers
        self.width = width
    }

    private static let zeros = Bytes([UInt8](repeating: 0, count: 16))

    @inline(__always)
    func index(_ row: Int) -> Int { codes.map { Int($0[row]) } ?? row }

    @inline(__always)
    func load<Value: BitwiseCopyable>(_ row: Int, as type: Value.Type) -> Value {
        values.loadUnaligned(fromByteOffset: index(row) &* MemoryLayout<Value>.stride, as: type)
    }

    /// The bytes of the text or binary value of a row.
    @inline(__always)
    func text(_ row: Int) -> UnsafeRawBufferPointer {
        View.content((values + index(row) &* 16).assumingMemoryBound(to: View.self), buffers)
    }
}

/// Fixed-width memory of `count` values that `fill` writes entirely.
@inline(__always)
func fixedBytes<Value: BitwiseCopyable>(
    _ count: Int, of type: Value.Type, _ fill: (UnsafeMutablePointer<Value>) -> Void
) -> Bytes {
    let byteCount = count &* MemoryLayout<Value>.stride
    return Bytes(unsafeUninitializedCapacity: byteCount) { buffer in
        if let base = buffer.baseAddress { fill(base.assumingMemoryBound(to: Value.self)) }
        return byteCount
    }
}

/// Whether two dictionaries are the same buffers, so that codes mean the same.
func areSameDictionary(_ left: Column, _ right: Column) -> Bool {
    guard left.count == right.count, left.type == right.type else { return false }
    switch (left.values, right.values) {
    case (.fixed(let l), .fixed(let r)): return l.unsafePointer == r.unsafePointer
    case (.views(let l), .views(let r)):
        return l.views.unsafePointer == r.views.unsafePointer
            && l.buffers.map(\.unsafePointer) == r.buffers.map(\.unsafePointer)
    default: return false
    }
}

/// Whether nothing in the array differs from its first element's dictionary; the dictionary then.
func commonDictionary(_ columns: [Column]) -> Column? {
    guard case .dictionary(_, let first)? = columns.first?.values else { return nil }
    for column in columns.dropFirst() {
        guard case .dictionary(_, let other) = column.values, areSameDictionary(first, other) else { return nil }
    }
    return first
}
