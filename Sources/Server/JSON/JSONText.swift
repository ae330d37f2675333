import FoundationEssentials

/// Spells values as JSON bodies.
enum JSONText {
  /// The JSON text of `value`, members sorted, slashes left alone.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }
}
