/// `tarn.watermark_ms`: the ledger's watermark as a commit stores it, in milliseconds since 1970 UTC (freshness.md §1).
package enum Watermark {
    package static let key = "tarn.watermark_ms"

    /// The text to store; nil: there is none, and the key is left out.
    package static func text(of ledger: SourceLedger) -> String? { ledger.watermarkMilliseconds.map { "\($0)" } }
    package static func milliseconds(parsing text: String) -> Int64? { Int64(text) }
}
