internal import Sockets

/// The dates of HTTP headers, written as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
public enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The text for a moment in seconds since 1970, year 1970 to 9999.
  public static func string(from seconds: Int64) -> String {
    let clamped = min(max(seconds, 0), 253_402_300_799)
    let day = Int(clamped / 86_400)
    let second = Int(clamped % 86_400)
    let (year, month, dayOfMonth) = civil(day)
    let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(days[day % 7]), \(two(dayOfMonth)) \(months[month - 1]) \(year) \(time) GMT"
  }

  /// The moment of a date in any of the three formats there are; `nil` for anything else, which a conditional header
  /// then ignores.
  ///
  /// Obsolete ones must be understood too: `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
  public static func seconds(from text: String) -> Int64? {
    seconds(from: text, now: WallClock.seconds)
  }

  /// As `seconds(from:)`; two digits mean the last such year that is at most 50 years after `now`.
  static func seconds(from text: String, now: Int64) -> Int64? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let weekday = words.first else { return nil }
    switch (weekday.hasSuffix(","), words.count) {
    case (true, 6) where words[5] == "GMT":
      return moment(words[1], words[2], year: number(words[3], 4...4), words[4])
    case (true, 4) where words[3] == "GMT":
      let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3, let short = number(parts[2], 2...2) else { return nil }
      return moment(parts[0], parts[1], year: full(short, now), words[2])
    case (false, 5): return moment(words[2], words[1], year: number(words[4], 4...4), words[3])
    case (false, 6) where words[2].isEmpty:
      return moment(words[3], words[1], year: number(words[5], 4...4), words[4])
    default: return nil
    }
  }

  private static func moment(
    _ day: Substring, _ month: Substring, year: Int?, _ time: Substring
  ) -> Int64? {
    guard let day = number(day, 1...2), (1...31).contains(day),
      let month = months.firstIndex(of: String(month)),
      let year, (1970...9999).contains(year)
    else { return nil }
    let parts = time.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], 2...2), let minute = number(parts[1], 2...2),
      let second = number(parts[2], 2...2), hour < 24, minute < 60, second <= 60
    else { return nil }
    let days = dayNumber(year: year, month: month + 1, day: day)
    return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  private static func full(_ short: Int, _ now: Int64) -> Int {
    let this = civil(Int(max(now, 0) / 86_400)).year
    let year = this - this % 100 + short
    return year > this + 50 ? year - 100 : year
  }

  private static func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// Year, month and day of a day number since 1970, in the proleptic Gregorian calendar, by eras of 400 years
  /// that begin on 1 March.
  private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
