import TarnBase
import TarnColumns

/// The values of a fixed-width column, plain or through codes. Holds bare pointers: whoever makes one keeps the column alive.
struct FixedSource<Value: BitwiseCopyable> {
    private let codes: UnsafePointer<UInt32>?
    private let values: UnsafeRawPointer

    init(_ column: Column) {
        switch column.values {
        case .fixed(let bytes): (codes, values) = (nil, bytes.unsafePointer)
        case .dictionary(let codes, let dictionary):
            guard case .fixed(let bytes) = dictionary.values else { preconditionFailure("a dictionary of \(column.type)") }
            self.codes = codes.unsafePointer.assumingMemoryBound(to: UInt32.self)
            values = bytes.unsafePointer
        default: preconditionFailure("a column of \(column.type) without fixed width")
        }
    }

    /// - Precondition: the row is not null: of an empty dictionary there is nothing to read.
    @inline(__always)
    subscript(row: Int) -> Value {
        let index = codes.map { Int($0[row]) } ?? row
        return values.loadUnaligned(fromByteOffset: index &* MemoryLayout<Value>.stride, as: Value.self)
    }
}

/// The values of a string or binary column; likewise.
struct TextSource {
    private let codes: UnsafePointer<UInt32>?
    private let views: UnsafePointer<View>
    private let buffers: [UnsafeRawPointer]

    init(_ column: Column) {
        var values = column.values
        var codes: UnsafePointer<UInt32>?
        if case .dictionary(let bytes, let dictionary) = values {
            codes = bytes.unsafePointer.assumingMemoryBound(to: UInt32.self)
            values = dictionary.values
        }
        guard case .views(let views) = values else { preconditionFailure("a column of \(column.type) without text") }
        self.codes = codes
        self.views = views.views.unsafePointer.assumingMemoryBound(to: View.self)
        buffers = views.buffers.map(\.unsafePointer)
    }

    @inline(__always)
    private func slot(_ row: Int) -> UnsafePointer<View> { views + (codes.map { Int($0[row]) } ?? row) }

    /// In bytes.
    @inline(__always)
    func length(_ row: Int) -> Int { slot(row).pointee.length }

    @inline(__always)
    subscript(row: Int) -> UnsafeRawBufferPointer { View.content(slot(row), buffers) }
}
