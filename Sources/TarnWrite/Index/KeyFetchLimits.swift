/// How much of a base file the look-up fetches at once.
struct KeyFetchLimits: Sendable {
    /// Of a column, or of all that lies from the first column to the last.
    let spanBytes: Int64

    init(memory: MemoryPlan) { spanBytes = Int64(memory.keySpan) }

    /// What of a file of `size` bytes is fetched first: all of it, or as much of its end as should hold the footer.
    func firstRange(of size: Int64) -> Range<Int64> {
        if size <= Self.wholeFileBytes { return 0..<size }
        // Filters make footers grow with the file: by 7.2 bytes a row, of rows that take some 40 at least.
        let expected = min(max(Self.footerBytes, size / 5), max(Self.footerBytes, spanBytes))
        return (size - expected)..<size
    }

    /// Fetching so much takes no longer than a second request.
    private static let wholeFileBytes: Int64 = 1 << 20
    /// The filter that Spark writes takes 431 KB however few rows there are.
    private static let footerBytes: Int64 = 512 << 10
}
