import Foundation
import Generation

/// A name people log in with and are shown by.
///
/// 1 to 32 letters, digits, `.`, `_`, `-`, and single spaces inside, in normalisation form C, nothing of them
/// invisible. Two names are the same when their keys, in lower case and compatibility form, are.
struct AccountName: Hashable, Sendable {
  /// Bytes of a name as somebody may type it: 32 letters, decomposed.
  private static let mostTypedBytes = 512
  /// Marks over one letter; more would stand over the neighbours' names.
  private static let mostMarks = 3

  /// As it was chosen.
  let text: String
  /// What tells it from others.
  let key: String

  /// Reads a name; 422 `bad_name` says what it may be.
  init(_ given: String) throws(APIError) {
    let text = given.precomposedStringWithCanonicalMapping
    guard (1...32).contains(text.unicodeScalars.count), text.unicodeScalars.allSatisfy(Self.isAllowed),
      Self.isLegible(text), !text.hasPrefix(" "), !text.hasSuffix(" "), !text.contains("  ")
    else {
      throw .invalid(
        "bad_name",
        "name must be 1 to 32 letters, digits, '.', '_', '-' or single spaces inside; got '\(JSONValue.shortened(given))'",
        field: "name")
    }
    self.text = text
    key = Self.key(of: text)
  }

  /// The key of what somebody typed, whether it could be a name or not; nil when it is too long for any, so that
  /// nothing long is worked on or remembered.
  static func key(typed text: String) -> String? { text.utf8.count <= mostTypedBytes ? key(of: text) : nil }

  /// The key of a name.
  static func key(of text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping
  }

  /// A letter, a digit, a mark or one of four signs; letters that show nothing (U+3164 for example) are none.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return false }
    return properties.isAlphabetic || properties.numericType == .decimal
      || properties.generalCategory == .nonspacingMark || "._- ".unicodeScalars.contains(scalar)
  }

  /// Whether every mark has a letter, and no letter a heap of marks.
  private static func isLegible(_ text: String) -> Bool {
    var room = 0
    for scalar in text.unicodeScalars {
      if scalar.properties.generalCategory == .nonspacingMark {
        room -= 1
        if room < 0 { return false }
      } else {
        room = "._- ".unicodeScalars.contains(scalar) ? 0 : mostMarks
      }
    }
    return true
  }
}
