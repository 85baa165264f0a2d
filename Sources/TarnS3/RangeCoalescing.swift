/// Joins ranges that lie near each other, because a request costs as much time as some 100 KB of transfer.
enum RangeCoalescing {
    /// Disjoint or at least separate spans, sorted, each range that is not empty lying inside one of them.
    ///
    /// - Parameters:
    ///   - gapBytes: Ranges at most this far apart are joined,
    ///   - spanBytes: unless the span would become longer than this; a range longer than this is a span of its own.
    static func spans(covering ranges: [Range<Int64>], gapBytes: Int64, spanBytes: Int64) -> [Range<Int64>] {
        var spans: [Range<Int64>] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }) where !range.isEmpty {
            guard let last = spans.last else {
                spans.append(range)
                continue
            }
            if range.upperBound <= last.upperBound { continue }
            let isNear = range.lowerBound <= last.upperBound || range.lowerBound - last.upperBound <= gapBytes
            if isNear, range.upperBound - last.lowerBound <= spanBytes {
                spans[spans.count - 1] = last.lowerBound..<range.upperBound
            } else {
                spans.append(range)
            }
        }
        return spans
    }
}
