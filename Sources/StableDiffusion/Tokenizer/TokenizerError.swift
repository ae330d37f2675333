/// What can be wrong with a tokenizer's files.
public enum TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file does not hold what it should.
  case file(name: String, expected: String, found: String)

  /// What was expected and what was found, by the file's name.
  public var description: String {
    switch self {
    case .file(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
    }
  }
}
