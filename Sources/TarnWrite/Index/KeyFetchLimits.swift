/// How much of a base file the look-up fetches at once.
struct KeyFetchLimits: Sendable {
    /// Of a column, or of all that lies from the first column to the last.
    let spanBytes: Int64
    /// The greatest share of a file that footers took so far: bloom filters make them grow with the file.
    private var footerShare = 0.25

    init(memory: MemoryPlan) { spanBytes = Int64(memory.keySpan) }

    /// What of a file of `size` bytes is fetched first: all of it, or as much of its end as should hold the footer.
    func firstRange(of size: Int64) -> Range<Int64> {
        if size <= Self.wholeFileBytes { return 0..<size }
        let expected = max(Self.wholeFileBytes / 2, Int64(Double(size) * footerShare))
        return (size - min(expected, max(spanBytes, Self.wholeFileBytes / 2)))..<size
    }

    /// - Parameter share: The greatest so far of the share of a file that its footer took.
    func expecting(footerShare share: Double) -> KeyFetchLimits {
        var limits = self
        limits.footerShare = share * 1.25
        return limits
    }

    /// Fetching so much takes no longer than a second request; and half of it holds the footer of a file that Spark wrote,
    /// whose filter takes 431 KB however few rows there are.
    private static let wholeFileBytes: Int64 = 1 << 20
}
