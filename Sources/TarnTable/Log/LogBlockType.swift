/// What a log block holds. The raw value is the number on disk (hudi-format §5.2).
package enum LogBlockType: UInt32, CaseIterable, Sendable {
    case command = 0
    case delete = 1
    /// Never written: what a reader makes of bytes between blocks.
    case corrupt = 2
    case avroData = 3
    case hfileData = 4
    case parquetData = 5
    case changeData = 6

    package var holdsRows: Bool { self == .avroData || self == .hfileData || self == .parquetData }
}
