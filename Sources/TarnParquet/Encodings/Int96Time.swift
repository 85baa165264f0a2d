import TarnColumns

/// INT96: nanoseconds of the day in 8 bytes, and the Julian day in 4, of which 1970-01-01 is 2,440,588.
///
/// As microseconds they hold what Spark writes, as nanoseconds what Impala and Hive do, of the years 1677 to 2262; a value that would
/// lose digits or does not fit is refused. Specification: Parquet has none; Spark's `DateTimeUtils` and the files tell.
enum Int96Time {
    private static let dayOfEpoch: Int64 = 2_440_588

    /// - Parameter type: A timestamp in microseconds or nanoseconds.
    static func convert(_ source: UnsafeRawPointer, count: Int, to type: DataType, into target: UnsafeMutableRawPointer) throws(ParquetError) {
        let isExact = type == .timestamp(.nanoseconds) ? nanoseconds(source, count, target) : microseconds(source, count, target)
        guard !isExact else { return }
        throw .unsupported(
            type == .timestamp(.nanoseconds)
                ? "INT96 times beyond the years 1677 to 2262, which microseconds hold" : "INT96 times with nanoseconds, which are lost unless it is read as nanoseconds")
    }

    /// Spark counts from the first Julian day and lets the sum wrap where that count, from the year 285,428 on, needs more than 64
    /// bits; it wraps back here. No other writer knows such years.
    private static func microseconds(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer) -> Bool {
        let perDay: Int64 = 86_400_000_000
        var isWrong = false
        for index in 0..<count {
            let (ofDay, rest) = source.loadUnaligned(fromByteOffset: index &* 12, as: Int64.self).quotientAndRemainder(dividingBy: 1000)
            let day = Int64(source.loadUnaligned(fromByteOffset: index &* 12 &+ 8, as: Int32.self))
            let (days, overflow) = day.multipliedReportingOverflow(by: perDay)
            let (sinceFirstDay, overflow2) = days.addingReportingOverflow(ofDay)
            isWrong = isWrong || overflow || overflow2 || rest != 0
            target.storeBytes(of: sinceFirstDay &- dayOfEpoch &* perDay, toByteOffset: index &* 8, as: Int64.self)
        }
        return !isWrong
    }

    private static func nanoseconds(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer) -> Bool {
        var isWrong = false
        for index in 0..<count {
            let ofDay = source.loadUnaligned(fromByteOffset: index &* 12, as: Int64.self)
            let day = Int64(source.loadUnaligned(fromByteOffset: index &* 12 &+ 8, as: Int32.self)) - dayOfEpoch
            // The first and the last day of the range begin and end outside it.
            let value = Int128(day) * 86_400_000_000_000 + Int128(ofDay)
            isWrong = isWrong || value < Int128(Int64.min) || value > Int128(Int64.max)
            target.storeBytes(of: Int64(truncatingIfNeeded: value), toByteOffset: index &* 8, as: Int64.self)
        }
        return !isWrong
    }
}
