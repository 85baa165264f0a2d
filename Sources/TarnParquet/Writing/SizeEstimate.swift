/// What a column's bytes shrink to, learnt from what was compressed before: lets a writer say how large its file is while
/// pages are still open.
struct SizeEstimate {
    private var ratio: Double?
    /// The size at which the last trial was made.
    private var trialByteCount = 0
    /// Smaller than this, a column is estimated at its raw size.
    private static let worthATrial = 1024

    /// A page of `raw` bytes became `compressed`. Later pages count more.
    mutating func learn(raw: Int, compressed: Int) {
        guard raw >= SizeEstimate.worthATrial || ratio == nil, raw > 0 else { return }
        let observed = Double(compressed) / Double(raw)
        // A page tells more than any trial before it.
        ratio = trialByteCount == .max ? ratio.map { ($0 + observed) / 2 } ?? observed : observed
        trialByteCount = .max
    }

    /// What `raw` bytes will take. Before the first page, `trial` compresses what there is: at 1 KiB, and again at each
    /// fourfold size.
    mutating func bytes(for raw: Int, trial: () -> Int) -> Int {
        if raw >= SizeEstimate.worthATrial, trialByteCount < raw / 4 {
            ratio = Double(trial()) / Double(raw)
            trialByteCount = raw
        }
        return ratio.map { Int(Double(raw) * $0) } ?? raw
    }
}
