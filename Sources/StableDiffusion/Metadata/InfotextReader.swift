import FoundationEssentials

/// Generation parameters read from A1111's text, by the rules of its `parse_generation_parameters`.
///
/// No text fails: what is no line of settings belongs to the prompt.
public struct InfotextReader: Equatable, Sendable {
  /// A setting as it was written; a size `AxB` is two of them, `Size-1` and `Size-2`.
  public struct Setting: Equatable, Sendable {
    /// For example `Steps`.
    public var key: String
    /// Without quotes.
    public var value: String

    /// Names a setting.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The prompt, lines joined.
  public private(set) var prompt = ""
  /// The negative prompt, lines joined.
  public private(set) var negativePrompt = ""
  /// The settings in order; of a key that comes twice the later value, at the first's place.
  public private(set) var settings: [Setting] = []

  private static let negativeMark = "Negative prompt:"

  /// Reads a text.
  public init(_ text: String) {
    var lines = Self.trimmed(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let found = Self.settings(in: lines.last ?? "")
    if found.count >= 3 {
      lines.removeLast()
      for setting in found { set(setting) }
    }
    var isNegative = false
    var parts: (positive: [String], negative: [String]) = ([], [])
    for line in lines {
      var line = Self.trimmed(line)
      if line.hasPrefix(Self.negativeMark) {
        isNegative = true
        line = Self.trimmed(String(line.dropFirst(Self.negativeMark.count)))
      }
      if isNegative { parts.negative.append(line) } else { parts.positive.append(line) }
    }
    prompt = parts.positive.joined(separator: "\n")
    negativePrompt = parts.negative.joined(separator: "\n")
  }

  /// The value of a key.
  public subscript(key: String) -> String? { settings.first { $0.key == key }?.value }

  /// Pairs of key and value in a line; a value in quotes is a JSON string.
  private static func settings(in line: String) -> [Setting] {
    // The regular expression is A1111's own format, as its readers apply it.
    let pattern = #/\s*(\w[\w \-\/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/#.matchingSemantics(.unicodeScalar)
    return line.matches(of: pattern).map { match in
      let value = String(match.output.2)
      guard value.hasPrefix("\""), value.hasSuffix("\""), value.count > 1,
        let text = try? JSONDecoder().decode(String.self, from: Data(value.utf8))
      else { return Setting(key: String(match.output.1), value: value) }
      return Setting(key: String(match.output.1), value: text)
    }
  }

  private mutating func set(_ setting: Setting) {
    let sides = setting.value.split(separator: "x", omittingEmptySubsequences: false)
    let isSize =
      sides.count == 2
      && sides.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    let new =
      isSize
      ? [
        Setting(key: "\(setting.key)-1", value: String(sides[0])),
        Setting(key: "\(setting.key)-2", value: String(sides[1])),
      ] : [setting]
    for setting in new {
      if let index = settings.firstIndex(where: { $0.key == setting.key }) {
        settings[index] = setting
      } else {
        settings.append(setting)
      }
    }
  }

  private static func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end].drop(while: \.isWhitespace))
  }
}
