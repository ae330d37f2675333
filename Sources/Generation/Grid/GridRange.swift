/// A range in an axis' values, as A1111 writes it: `1-5`, `1-5 (+2)` with a step, `1-10 [5]` with a count.
struct GridRange {
  /// The ends, both included where the steps reach them.
  let first: Double
  let last: Double
  /// The difference of neighbours; nil: 1, towards `last`.
  let step: Double?
  /// How many values there are, evenly spaced.
  let count: Int?

  /// Reads a range; nil when the text is none.
  init?(_ text: String) {
    var rest = Substring(text)
    Self.skipSpaces(&rest)
    guard let first = Self.number(&rest, signed: true) else { return nil }
    Self.skipSpaces(&rest)
    guard rest.popFirst() == "-" else { return nil }
    Self.skipSpaces(&rest)
    guard let last = Self.number(&rest, signed: true) else { return nil }
    Self.skipSpaces(&rest)
    var (step, count): (Double?, Int?)
    switch rest.first {
    case "(":
      rest.removeFirst()
      Self.skipSpaces(&rest)
      guard let value = Self.number(&rest, signed: true) else { return nil }
      Self.skipSpaces(&rest)
      guard rest.popFirst() == ")" else { return nil }
      step = value
    case "[":
      rest.removeFirst()
      Self.skipSpaces(&rest)
      guard let value = Self.number(&rest, signed: false).flatMap(Int.init(exactly:)) else { return nil }
      Self.skipSpaces(&rest)
      guard rest.popFirst() == "]" else { return nil }
      count = value
    default: break
    }
    Self.skipSpaces(&rest)
    guard rest.isEmpty else { return nil }
    (self.first, self.last, self.step, self.count) = (first, last, step, count)
  }

  /// The values; nil when a step leads away or there are more than `most`.
  func values(most: Int) -> [Double]? {
    if let count {
      guard (1...most).contains(count) else { return nil }
      if count == 1 { return [first] }
      return (0..<count).map { first + (last - first) * Double($0) / Double(count - 1) }
    }
    let step = step ?? (last < first ? -1 : 1)
    guard step != 0, first == last || (last - first).sign == step.sign else { return nil }
    // A hair more, so that 0-1 (+0.1) reaches 1.
    let steps = ((last - first) / step + 1e-9).rounded(.down)
    guard steps.isFinite, steps < Double(most) else { return nil }
    // Steps of tenths are not to leave 0.30000000000000004 beside a row.
    return (0...Int(steps)).map { ((first + step * Double($0)) * 1e9).rounded() / 1e9 }
  }

  private static func skipSpaces(_ text: inout Substring) { text = text.drop(while: \.isWhitespace) }

  private static func number(_ text: inout Substring, signed: Bool) -> Double? {
    var digits = ""
    if signed, let sign = text.first, sign == "-" || sign == "+" {
      if sign == "-" { digits = "-" }
      text.removeFirst()
    }
    let body = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    text = text.dropFirst(body.count)
    return Double(digits + body)
  }
}
