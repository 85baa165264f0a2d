import TarnBase

/// How one task makes pages: compressed at once, or put together only, to be compressed later by whichever task is free.
struct PageWork {
    let encoder: PageEncoder
    /// Whether compression is put off.
    let defersCompression: Bool

    /// A page that is compressed, or is not yet.
    enum Page {
        case raw(RawPage)
        case encoded(EncodedPage)

        var encoded: EncodedPage? { if case .encoded(let page) = self { page } else { nil } }
    }

    /// The page of what `fill` appends, about `expected` bytes, with the header that `fill` describes.
    func page(
        column: String, expected: Int, _ level: inout LevelChoice, _ fill: (inout ByteBuilder) -> PageHeader.Content
    ) throws(ParquetError) -> Page {
        guard defersCompression else { return .encoded(try encoder.encode(column: column, expected: expected, &level, fill)) }
        var output = ByteBuilder(capacity: expected + 4096)
        let content = fill(&output)
        let bytes = output.finish()
        bytes.withUnsafeBytes { encoder.settle(&level, $0) }
        return .raw(RawPage(content: content, bytes: bytes, usesLesserLevel: level.usesLesser))
    }
}
