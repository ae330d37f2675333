import Foundation
import Generation

/// A name people log in with and are shown by.
///
/// 1 to 32 letters, digits, `.`, `_`, `-`, and single spaces inside, in normalisation form C. Two names are
/// the same when their keys, in lower case and compatibility form, are.
struct AccountName: Hashable, Sendable {
  /// As it was chosen.
  let text: String
  /// What tells it from others.
  let key: String

  /// Reads a name; 422 `bad_name` says what it may be.
  init(_ given: String) throws(APIError) {
    let text = given.precomposedStringWithCanonicalMapping
    let isAllowed = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
        || scalar.properties.generalCategory == .nonspacingMark || "._- ".unicodeScalars.contains(scalar)
    }
    guard (1...32).contains(text.unicodeScalars.count), isAllowed, !text.hasPrefix(" "), !text.hasSuffix(" "),
      !text.contains("  ")
    else {
      throw .invalid(
        "bad_name",
        "name must be 1 to 32 letters, digits, '.', '_', '-' or single spaces inside; got '\(JSONValue.shortened(given))'",
        field: "name")
    }
    self.text = text
    key = Self.key(of: text)
  }

  /// The key of any text, for looking a name up without saying whether it could be one.
  static func key(of text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping
  }
}
