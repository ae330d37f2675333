import FoundationEssentials

/// Three significant digits or so, without an exponent.
func rounded(_ value: Double) -> String {
  let digits = value < 1 ? 1000.0 : value < 100 ? 100 : 10
  return "\((value * digits).rounded() / digits)"
}

/// Fills up with spaces: at the right, or at the left for a negative width.
func padded(_ text: String, _ width: Int) -> String {
  let space = String(repeating: " ", count: max(abs(width) - text.count, 0))
  return width < 0 ? space + text : text + space
}

/// Prints one JSON object on a line of its own, keys in order.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
