public import TarnBase

/// The values of one column of a batch: immutable, shared, never copied to be passed on.
///
/// Null slots have a defined, harmless content (zero, the empty view, code 0, an empty list), so kernels may compute on
/// them and mask the result.
///
/// Invariants, established in `init` and by every kernel:
///
/// 1. `values` has the shape that ``DataType`` prescribes, with `count` rows.
/// 2. `validity` is nil if and only if `nullCount` is 0.
/// 3. Codes of valid slots are below the dictionary's count; dictionaries hold no nulls and are not nested.
/// 4. Offsets never fall. They need not begin at 0: children are addressed by absolute offset, and rows of a child outside
///    `offsets.first..<offsets.last` belong to nobody.
/// 5. Children of a struct have the struct's count.
public struct Column: Sendable {
    public enum Values: Sendable {
        /// `.boolean`.
        case bits(Bitmap)
        /// Fixed-width types, `DataType.fixedWidth` bytes a row, little-endian.
        case fixed(Bytes)
        /// `.string`, `.binary`.
        case views(Views)
        /// Any type that is not nested or boolean: `UInt32` codes, 4 bytes a row, into `dictionary`.
        indirect case dictionary(codes: Bytes, dictionary: Column)
        /// `.list`: `Int32` offsets, `count + 1` of them.
        indirect case list(offsets: Bytes, elements: Column)
        /// `.map`: `Int32` offsets, `count + 1` of them.
        indirect case map(offsets: Bytes, keys: Column, values: Column)
        /// `.struct`.
        case fields([Column])
    }

    public let type: DataType
    public let count: Int
    public let values: Values
    /// nil when there are no nulls.
    public let validity: Bitmap?
    public let nullCount: Int

    /// - Parameter validity: May be given with all bits set; it is dropped then.
    public init(_ type: DataType, count: Int, values: Values, validity: Bitmap? = nil) {
        precondition(validity.map { $0.count == count } ?? true)
        precondition(Column.shape(of: values, fits: type, count: count), "values do not fit \(type)")
        let nullCount = validity.map { count - $0.setCount } ?? 0
        self.type = type
        self.count = count
        self.values = values
        self.validity = nullCount == 0 ? nil : validity
        self.nullCount = nullCount
    }

    private static func shape(of values: Values, fits type: DataType, count: Int) -> Bool {
        switch (values, type) {
        case (.bits(let bits), .boolean): bits.count == count
        case (.fixed(let bytes), _): type.fixedWidth.map { bytes.count == $0 * count } ?? false
        case (.views(let views), .string), (.views(let views), .binary): views.count == count
        case (.dictionary(let codes, let dictionary), _):
            codes.count == 4 * count && dictionary.type == type && dictionary.validity == nil && !type.isNested && type != .boolean
        case (.list(let offsets, let elements), .list(let element)):
            offsets.count == 4 * (count + 1) && elements.type == element.type
        case (.map(let offsets, let keys, let values), .map(let key, let value)):
            offsets.count == 4 * (count + 1) && keys.type == key.type && values.type == value.type
        case (.fields(let columns), .struct(let fields)):
            columns.map(\.type) == fields.map(\.type) && columns.allSatisfy { $0.count == count }
        default: false
        }
    }

    public func isNull(_ row: Int) -> Bool { validity.map { !$0[row] } ?? false }

    /// The rows of `range`. Shares every buffer but bitmaps that begin inside a byte.
    public func slice(_ range: Range<Int>) -> Column {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        if range == 0..<count { return self }
        func bytes(_ bytes: Bytes, _ width: Int, extra: Int = 0) -> Bytes {
            bytes[(range.lowerBound * width)..<((range.upperBound + extra) * width)]
        }
        let sliced: Values =
            switch values {
            case .bits(let bits): .bits(bits.slice(range))
            case .fixed(let all): .fixed(bytes(all, type.fixedWidth ?? 0))
            case .views(let views): .views(Views(views: bytes(views.views, 16), buffers: views.buffers))
            case .dictionary(let codes, let dictionary): .dictionary(codes: bytes(codes, 4), dictionary: dictionary)
            case .list(let offsets, let elements): .list(offsets: bytes(offsets, 4, extra: 1), elements: elements)
            case .map(let offsets, let keys, let values): .map(offsets: bytes(offsets, 4, extra: 1), keys: keys, values: values)
            case .fields(let columns): .fields(columns.map { $0.slice(range) })
            }
        return Column(type, count: range.count, values: sliced, validity: validity?.slice(range))
    }
}
