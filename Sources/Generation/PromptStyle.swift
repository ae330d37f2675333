/// Words kept under a name, to be put around or behind a prompt.
public struct PromptStyle: Codable, Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// For the prompt; `{prompt}` stands for it.
  public var prompt: String
  /// For the negative prompt.
  public var negativePrompt: String

  /// Makes a style.
  public init(name: String, prompt: String, negativePrompt: String = "") {
    self.name = name
    self.prompt = prompt
    self.negativePrompt = negativePrompt
  }

  enum CodingKeys: String, CodingKey {
    case name, prompt
    case negativePrompt = "negative_prompt"
  }

  /// A text with a style: in the place of `{prompt}`, else the style behind it with a comma between, as AUTOMATIC1111
  /// does.
  public static func merged(_ text: String, with style: String) -> String {
    let mark = "{prompt}"
    guard style.contains(mark) else {
      return [text, style].map(trimmed).filter { !$0.isEmpty }.joined(separator: ", ")
    }
    return style.split(separator: mark, omittingEmptySubsequences: false).joined(separator: text)
  }

  private static func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end].drop(while: \.isWhitespace))
  }

  /// The styles of these names, in this order.
  /// - Throws: `UserError` `unknown_style` with the nearest name.
  public static func find(
    _ names: [String], in styles: [PromptStyle]
  ) throws(UserError) -> [PromptStyle] {
    var found: [PromptStyle] = []
    for name in names {
      guard
        let style = styles.first(where: { $0.name == name })
          ?? styles.first(where: { $0.name.lowercased() == name.lowercased() })
      else { throw NameLookup.unknownExtra("style", name, among: styles.map(\.name), field: "styles") }
      found.append(style)
    }
    return found
  }

  /// The styles in a `styles.csv` of AUTOMATIC1111: a header `name,prompt,negative_prompt`, fields in quotes where they
  /// hold commas or lines.
  ///
  /// Rows without a name and those of a name that came before are left out.
  public static func parse(_ text: String) -> [PromptStyle] {
    var rows = CSVRows.read(text)
    guard let header = rows.first?.map({ $0.lowercased() }), let name = header.firstIndex(of: "name"),
      let prompt = header.firstIndex(of: "prompt") ?? header.firstIndex(of: "text")
    else { return [] }
    let negative = header.firstIndex(of: "negative_prompt")
    rows.removeFirst()
    var seen: Set<String> = []
    return rows.compactMap { row in
      func field(_ index: Int?) -> String { index.map { $0 < row.count ? row[$0] : "" } ?? "" }
      guard !field(name).isEmpty, seen.insert(field(name)).inserted else { return nil }
      return PromptStyle(name: field(name), prompt: field(prompt), negativePrompt: field(negative))
    }
  }
}

/// Comma-separated values (RFC 4180); no text fails.
enum CSVRows {
  /// The rows of a text, without empty ones.
  static func read(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    func end() {
      row.append(String(field))
      field = String.UnicodeScalarView()
    }
    func endRow() {
      end()
      if row != [""] { rows.append(row) }
      row = []
    }
    var scalars = Array(text.unicodeScalars)[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"": field.append(scalars.removeFirst())
      case "\"" where isQuoted || field.isEmpty: isQuoted.toggle()
      case "," where !isQuoted: end()
      case "\r" where !isQuoted && scalars.first == "\n": continue
      case "\n" where !isQuoted: endRow()
      default: field.append(scalar)
      }
    }
    if !field.isEmpty || !row.isEmpty { endRow() }
    return rows
  }
}
