/// Points in time as requests and answers spell them, in milliseconds since 1970 UTC.
package enum HTTPDate {
    /// `20130524T000000Z`, as signatures want it. Years 1970 to 9999.
    package static func basic(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        let (year, month, day) = civil(days: seconds / 86_400)
        let rest = seconds % 86_400
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return padded(year, 4) + padded(month, 2) + padded(day, 2) + "T" + padded(rest / 3600, 2) + padded(rest / 60 % 60, 2)
            + padded(rest % 60, 2) + "Z"
    }

    /// Reads `2026-01-10T08:00:00.123Z`, as in XML.
    package static func parseISO(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { "-T:.Z".contains($0) })
        guard parts.count >= 6, let second = seconds(parts[0], Int64(parts[1]), parts[2], parts[3], parts[4], parts[5]) else {
            return nil
        }
        let fraction = parts.count > 6 ? Int64((parts[6] + "000").prefix(3)) ?? 0 : 0
        return second * 1000 + fraction
    }

    /// Reads `Sat, 10 Jan 2026 08:00:00 GMT`, as in headers.
    package static func parseHeader(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { " ,:".contains($0) })
        guard parts.count >= 7, let month = months.firstIndex(of: String(parts[2])) else { return nil }
        return seconds(parts[3], Int64(month + 1), parts[1], parts[4], parts[5], parts[6]).map { $0 * 1000 }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func seconds(
        _ year: Substring, _ month: Int64?, _ day: Substring, _ hour: Substring, _ minute: Substring, _ second: Substring
    ) -> Int64? {
        guard let year = Int64(year), let month, let day = Int64(day), let hour = Int64(hour), let minute = Int64(minute),
            let second = Int64(second), (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...24).contains(hour), (0...60).contains(minute), (0...60).contains(second)
        else { return nil }
        return ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    // The Gregorian calendar with years that begin in March, so that the leap day comes last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
