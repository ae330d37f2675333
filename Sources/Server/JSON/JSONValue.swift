/// One JSON value as a client wrote it, with nothing rounded and nothing dropped.
///
/// Foundation's decoders turn `1e999` into an error without a name and let duplicate members
/// overwrite each other, so requests are read by `JSONParser` instead.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The value in a few characters, for messages; never the text of a string longer than a name.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): JSONValue.shortened(number.text)
    case .string(let text): "\"" + JSONValue.shortened(text) + "\""
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// `text` cut to 40 characters, control characters replaced, for use inside a message.
  static func shortened(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(40) {
      let isControl = scalar.properties.generalCategory == .control
      kept.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(kept) + (text.unicodeScalars.count > 40 ? "…" : "")
  }

  /// The value in one spelling: members sorted by name, no white space; equal values, equal texts.
  var canonicalText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number): number.canonicalText
    case .string(let text): JSONValue.quoted(text)
    case .array(let items): "[" + items.map(\.canonicalText).joined(separator: ",") + "]"
    case .object(let object):
      "{"
        + object.members.sorted { $0.name < $1.name }
        .map { JSONValue.quoted($0.name) + ":" + $0.value.canonicalText }
        .joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
