import TarnBase

/// Numbers the text buffers of a column that is put together from others; each buffer is kept once, and only when used.
struct BufferNumbers {
    private struct Place: Hashable {
        let address: UnsafeRawPointer
        let count: Int
    }

    private let sources: [[Bytes]]
    /// The new number of each source's buffers, one source after the other; `unused` when not yet seen.
    private var numbers: [UInt32]
    private let starts: [Int]
    private var known: [Place: UInt32] = [:]
    private(set) var buffers: [Bytes] = []

    private static let unused = UInt32.max

    init(_ sources: [[Bytes]]) {
        self.sources = sources
        var total = 0
        starts = sources.map { buffers in
            defer { total += buffers.count }
            return total
        }
        numbers = [UInt32](repeating: BufferNumbers.unused, count: total)
    }

    /// The view, after its buffer was renumbered.
    @inline(__always)
    mutating func renumber(_ view: View, source: Int) -> View {
        if view.isInline { return view }
        let number = numbers[starts[source] &+ view.buffer]
        return view.inBuffer(number != BufferNumbers.unused ? number : assign(source, view.buffer))
    }

    @inline(never)
    private mutating func assign(_ source: Int, _ buffer: Int) -> UInt32 {
        let bytes = sources[source][buffer]
        let place = Place(address: bytes.unsafePointer, count: bytes.count)
        let number: UInt32
        if let shared = known[place] {
            number = shared
        } else {
            number = UInt32(buffers.count)
            buffers.append(bytes)
            known[place] = number
        }
        numbers[starts[source] + buffer] = number
        return number
    }
}

extension Column {
    /// The text buffers that the column's views, or those of its dictionary, point into.
    var textBuffers: [Bytes] {
        switch values {
        case .views(let views): views.buffers
        case .dictionary(_, let dictionary): dictionary.textBuffers
        default: []
        }
    }
}
