/// Whether a chunk is compressed with the codec's least effort because more effort makes it no smaller, as with random text
/// (UUIDs, hashes), where a search for matches finds only what costs more than it saves. Decided from a chunk's first bytes.
struct LevelChoice {
    private(set) var usesLesser = false
    private(set) var isSettled: Bool

    static let sampleByteCount = 64 << 10

    /// - Parameter isOpen: false to leave the codec as it was asked for.
    init(isOpen: Bool) { isSettled = !isOpen }

    /// The sizes of the sample.
    mutating func settle(_ lesser: Int, _ asked: Int) {
        isSettled = true
        usesLesser = lesser <= asked
    }
}
