/// A tag that asks for another network, `<lora:name:0.8>`, as AUTOMATIC1111's `extra_networks.py` reads it.
public struct ExtraNetwork: Equatable, Sendable {
  /// What kind: `lora`, `hypernet`.
  public var kind: String
  /// What stands between the colons, in order, without the named ones.
  public var arguments: [String]
  /// `te=0.5` and the like.
  public var named: [String: String]

  /// The prompt without its tags, and the tags in order.
  public static func cut(from prompt: String) -> (text: String, networks: [ExtraNetwork]) {
    var text = String.UnicodeScalarView()
    var networks: [ExtraNetwork] = []
    var rest = Array(prompt.unicodeScalars)[...]
    // Behind the last `>` no tag ends: looking for it at every `<` would take the square of the time.
    let lastEnd = rest.lastIndex(of: ">") ?? rest.startIndex
    while let scalar = rest.first {
      if scalar == "<", rest.startIndex < lastEnd, let (network, after) = read(rest) {
        networks.append(network)
        rest = after
      } else {
        text.append(scalar)
        rest = rest.dropFirst()
      }
    }
    return (String(text), networks)
  }

  /// Whether a scalar is a letter, a digit or `_`.
  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// `<`, a word, a colon, anything but `>` at least once, `>`.
  private static func read(
    _ text: ArraySlice<Unicode.Scalar>
  ) -> (ExtraNetwork, ArraySlice<Unicode.Scalar>)? {
    let kind = text.dropFirst().prefix { isWordPart($0) }
    let body = text[kind.endIndex...]
    guard !kind.isEmpty, body.first == ":" else { return nil }
    let content = body.dropFirst().prefix { $0 != ">" }
    guard !content.isEmpty, content.endIndex < text.endIndex else { return nil }
    var network = ExtraNetwork(kind: String(String.UnicodeScalarView(kind)), arguments: [], named: [:])
    for part in content.split(separator: ":", omittingEmptySubsequences: false) {
      let part = String(String.UnicodeScalarView(part))
      if let equals = part.firstIndex(of: "=") {
        network.named[String(part[..<equals])] = String(part[part.index(after: equals)...])
      } else {
        network.arguments.append(part)
      }
    }
    return (network, text[text.index(after: content.endIndex)...])
  }
}
