/// Reads an axis' values: a list with commas, quotes around values that have some, and ranges for numbers.
enum GridValueList {
  /// Most values of an axis.
  static let most = 100

  /// The values of a text.
  /// - Throws: `UserError` `bad_axis_values`, which names the axis and the value.
  static func read(_ text: String, axis: GridAxis) throws(UserError) -> [GridValue] {
    var values: [GridValue] = []
    for item in try items(text, axis) {
      values += try read(item: item, axis)
      guard values.count <= most else { throw wrong(axis, "at most \(most) values", "more") }
    }
    guard !values.isEmpty else { throw wrong(axis, "at least one value", "none") }
    return values
  }

  /// The one value of a text that is no list.
  static func value(_ text: String, axis: GridAxis) throws(UserError) -> GridValue {
    let values = try read(item: text, axis)
    guard values.count == 1 else { throw wrong(axis, "one value", text) }
    return values[0]
  }

  private static func read(item: String, _ axis: GridAxis) throws(UserError) -> [GridValue] {
    switch axis.kind {
    case .integer:
      var values: [GridValue] = []
      for number in try numbers(item, axis) {
        guard let whole = Int64(exactly: number.rounded(.towardZero)) else {
          throw wrong(axis, "a whole number", item)
        }
        values.append(.integer(whole))
      }
      return values
    case .number: return try numbers(item, axis).map { .number($0) }
    case .boolean:
      guard let value = ["true": true, "false": false][item.lowercased()] else {
        throw wrong(axis, "true or false", item)
      }
      return [.boolean(value)]
    case .size:
      _ = try size(item, axis)
      return [.text(item)]
    case .text, .searchAndReplace, .promptOrder, .promptLines: return [.text(item)]
    }
  }

  /// Width and height of `512x768`.
  static func size(_ text: String, _ axis: GridAxis) throws(UserError) -> (width: Int64, height: Int64) {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      .map { Int64(String($0.filter { !$0.isWhitespace })) }
    guard parts.count == 2, let width = parts[0], let height = parts[1] else {
      throw wrong(axis, "a size such as 512x768", text)
    }
    return (width, height)
  }

  private static func numbers(_ item: String, _ axis: GridAxis) throws(UserError) -> [Double] {
    if let number = Double(item), number.isFinite {
      guard axis.kind == .number || number == number.rounded() else {
        throw wrong(axis, "a whole number", item)
      }
      return [number]
    }
    guard let range = GridRange(item) else {
      throw wrong(axis, "a number or a range such as 1-5, 1-5 (+2) or 1-10 [5]", item)
    }
    guard let numbers = range.values(most: most) else {
      throw wrong(axis, "a range of 1 to \(most) values from its first to its last", item)
    }
    return numbers
  }

  /// The items between commas without the spaces around them; `"…"` keeps commas and spaces, `""` is a quote.
  private static func items(_ text: String, _ axis: GridAxis) throws(UserError) -> [String] {
    var items: [String] = []
    var (item, isQuoted, wasQuoted) = ("", false, false)
    var rest = Substring(text)
    func finish() {
      let value = wasQuoted ? item : trimmed(item)
      // A1111 takes empty items of a list of texts as values; a comma at the end is a slip.
      if wasQuoted || !value.isEmpty { items.append(value) }
      (item, wasQuoted) = ("", false)
    }
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        item.append("\"")
      case "\"" where isQuoted: isQuoted = false
      case "\"" where trimmed(item).isEmpty && !wasQuoted: (item, isQuoted, wasQuoted) = ("", true, true)
      case "," where !isQuoted, "\n" where !isQuoted: finish()
      default: if isQuoted || !wasQuoted || !character.isWhitespace { item.append(character) }
      }
    }
    guard !isQuoted else { throw wrong(axis, "a closing quote", "none") }
    finish()
    return items
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(
      start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
  }

  static func wrong(_ axis: GridAxis, _ expected: String, _ found: String) -> UserError {
    UserError(
      code: "bad_axis_values",
      message: "axis '\(axis.label)': expected \(expected), found '\(found.prefix(60))'", field: "values")
  }
}
