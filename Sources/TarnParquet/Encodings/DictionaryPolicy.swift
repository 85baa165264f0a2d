/// When a dictionary is worth its building, decided from the first values of a chunk: hashing distinct values costs nine
/// times what repeated ones cost, and such a chunk is smaller without.
struct DictionaryPolicy {
    /// The dictionary page's limit.
    let byteLimit: Int

    /// Whether to stop after `valueCount` values, `distinctCount` of them different, in `byteCount` bytes of dictionary.
    func givesUp(valueCount: Int, distinctCount: Int, byteCount: Int) -> Bool {
        if byteCount > byteLimit { return true }
        return switch valueCount {
        case ..<2048: false
        case ..<8192: distinctCount > valueCount - valueCount / 16
        case ..<65536: distinctCount > valueCount - valueCount / 4
        default: distinctCount > valueCount / 2
        }
    }

    /// Whether a chunk that is all in its first page is smaller with the dictionary.
    func pays(valueCount: Int, distinctCount: Int, dictionaryBytes: Int, plainBytes: Int) -> Bool {
        let indexBits = valueCount * RunLengthBitPackedEncoding.bitWidth(for: max(0, distinctCount - 1))
        return dictionaryBytes + indexBits / 8 + 16 < plainBytes
    }
}
