import TarnBase
import TarnColumns

/// How values that no dictionary holds are written: in the one encoding that there is, or in the one that makes the first
/// values of a chunk smallest.
struct EncodingChoice {
    let candidates: [Encoding]
    private(set) var chosen: Encoding
    private var isSettled: Bool

    /// Values that a choice is made from.
    static let sampleCount = 4096

    init(_ candidates: [Encoding]) {
        precondition(!candidates.isEmpty)
        self.candidates = candidates
        chosen = candidates[0]
        isSettled = candidates.count == 1
    }

    mutating func beginChunk() { self = EncodingChoice(candidates) }

    /// - Parameter size: Of the sample in an encoding, compressed.
    mutating func settle(_ size: (Encoding) -> Int) {
        guard !isSettled else { return }
        isSettled = true
        var least = Int.max
        for candidate in candidates {
            let size = size(candidate)
            if size < least { (least, chosen) = (size, candidate) }
        }
    }

    /// Encodings that hold the leaf's values without a dictionary.
    static func legal(for leaf: LeafColumn) -> [Encoding] {
        switch leaf.physicalType {
        case .boolean: [.plain, .runLength]
        case .int32, .int64: [.plain, .deltaBinaryPacked, .byteStreamSplit]
        case .float, .double, .fixedLengthByteArray: [.plain, .byteStreamSplit]
        case .byteArray: [.plain, .deltaLengthByteArray, .deltaByteArray]
        case .int96: [.plain]
        }
    }
}
