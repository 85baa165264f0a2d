import Glibc

/// Which zone a table's instants are made in (`hoodie.table.timeline.timezone`).
package enum TimelineZone: String, Hashable, Sendable {
    case utc = "UTC"
    /// The zone of whatever process writes; the table does not record which.
    case local = "LOCAL"
}

/// A moment as a calendar shows it, proleptic Gregorian, years 0...9999.
package struct CivilTime: Hashable, Sendable {
    package var year, month, day, hour, minute, second, millisecond: Int

    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, millisecond: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1, day <= CivilTime.days(of: month, in: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second), (0...999).contains(millisecond)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// - Parameter epochMilliseconds: Since 1970 UTC; clamped to the years that can be written.
    package init(epochMilliseconds: Int64, zone: TimelineZone = .utc) {
        var local = min(max(epochMilliseconds, -62_167_219_200_000), 253_402_300_799_999)
        if zone == .local { local = min(max(local + CivilTime.offset(at: local) * 1000, -62_167_219_200_000), 253_402_300_799_999) }
        let dayNumber = Int(local >= 0 ? local / 86_400_000 : -((86_399_999 - local) / 86_400_000))
        let rest = Int(local) - dayNumber * 86_400_000
        // Days to a date by Hinnant's algorithm, in eras of 400 years that begin in March.
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
    }

    /// Days since 1970-01-01.
    var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Milliseconds since 1970 UTC of this moment in `zone`.
    package func epochMilliseconds(in zone: TimelineZone = .utc) -> Int64 {
        let civil = Int64(((dayNumber * 24 + hour) * 60 + minute) * 60 + second) * 1000 + Int64(millisecond)
        guard zone == .local else { return civil }
        // Twice, because the offset is asked for at a moment that is itself known only after the first step.
        let near = civil - CivilTime.offset(at: civil) * 1000
        return civil - CivilTime.offset(at: near) * 1000
    }

    static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Seconds that this process's zone is ahead of UTC at a moment.
    private static func offset(at epochMilliseconds: Int64) -> Int64 {
        var moment = time_t(epochMilliseconds / 1000)
        var broken = tm()
        return localtime_r(&moment, &broken) == nil ? 0 : Int64(broken.tm_gmtoff)
    }
}

extension CivilTime {
    /// As `java.util.Date` prints UTC: `Mon Nov 23 01:50:53 UTC 2026`.
    package var javaDateText: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = weekdays[((dayNumber % 7) + 7) % 7]
        return "\(weekday) \(months[month - 1]) \(padded(day, 2)) \(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)) UTC \(padded(year, 4))"
    }

    /// RFC 3339 in UTC: `2026-11-23T01:50:53.951Z`.
    package var rfc3339Text: String {
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(millisecond, 3))Z"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
