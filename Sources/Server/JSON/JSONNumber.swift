import FoundationEssentials

/// A JSON number kept as the text it was written in, so that no digit is lost before it is checked.
struct JSONNumber: Hashable, Sendable {
  /// The characters of the number; `NaN`, `Infinity` and `-Infinity` also arrive here, to be refused
  /// by the field that holds them.
  let text: String

  /// The number as a finite double, or nil when it has none.
  var double: Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// The number as an integer when it is exactly one (`20`, `20.0` and `2e1` are), or nil.
  var integer: Int64? {
    if let value = Int64(text) { return value }
    guard let value = double, value == value.rounded(), abs(value) < 9_007_199_254_740_992 else {
      return nil
    }
    return Int64(value)
  }

  /// Whether it is written as zero with a minus sign.
  var isNegativeZero: Bool { text.first == "-" && double == 0 }

  /// One spelling for equal numbers.
  var canonicalText: String {
    if let integer { return String(integer) }
    if let double { return String(double) }
    return text
  }
}
