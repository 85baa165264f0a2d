package import TarnBase

/// Writes batches as text, piece by piece. One owner; all batches have the schema it was made for.
package protocol RowTextWriter {
    /// The text of these rows, with whatever comes before the first one.
    mutating func append(_ batch: RecordBatch) -> Bytes
    /// What comes at the end; empty for most.
    mutating func finish() -> Bytes
}
