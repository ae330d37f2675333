/// Why some bytes are not a JSON text this server takes.
enum JSONParseError: Error, Hashable, Sendable {
  /// The text ends too early.
  case unexpectedEnd
  /// Something else was expected at this byte.
  case unexpected(offset: Int, expected: String)
  /// Lists and objects lie deeper than this inside each other.
  case tooDeep(limit: Int)
  /// More values than this.
  case tooManyValues(limit: Int)
  /// The text is not UTF-8 at this byte, or an escape is half of a surrogate pair.
  case notUnicode(offset: Int)
  /// A name occurs twice in one object.
  case duplicateName(String)

  /// The sentence for clients.
  var message: String {
    switch self {
    case .unexpectedEnd: "the JSON text ends too early"
    case .unexpected(let offset, let expected): "expected \(expected) at byte \(offset) of the JSON text"
    case .tooDeep(let limit): "the JSON text nests deeper than \(limit) levels"
    case .tooManyValues(let limit): "the JSON text holds more than \(limit) values"
    case .notUnicode(let offset): "the text at byte \(offset) is not valid Unicode"
    case .duplicateName(let name): "'\(JSONValue.shortened(name))' is given twice"
    }
  }
}
