/// Reads the grammar of prompts that change: a recursive descent that goes back where a bracket does not close.
///
/// Inside brackets a part ends at the first character it cannot hold, so a bracket is tried as `scheduled`,
/// `alternate` and emphasis in turn; one that is none of them is literal where the grammar allows it, outside
/// all others. Brackets nest at most `deepest` levels; deeper ones are literal.
struct PromptScheduleParser {
  private static let deepest = 64

  private let text: [Unicode.Scalar]
  private var index = 0
  private var depth = 0
  /// Brackets known not to open anything, so that going back stays cheap.
  private var literal: Set<Int> = []

  private init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// The prompt's pieces; nil when the whole is literal, as with a `|` outside brackets.
  static func parse(_ text: String) -> [PromptNode]? {
    var parser = PromptScheduleParser(text)
    return parser.start()
  }

  private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

  private mutating func start() -> [PromptNode]? {
    var nodes: [PromptNode] = []
    while let scalar = next {
      nodes += prompt()
      guard index < text.count, text[index] != "|", text[index] != "\\" else {
        if next == nil { break }
        return nil
      }
      // A bracket or colon that belongs to nothing.
      if index < text.count, "[]():".unicodeScalars.contains(text[index]) {
        nodes.append(.plain(String(text[index])))
        index += 1
      } else if scalar == next {
        return nil
      }
    }
    return nodes
  }

  /// As many pieces as there are; may be none.
  private mutating func prompt() -> [PromptNode] {
    var nodes: [PromptNode] = []
    while let scalar = next {
      switch scalar {
      case "(", "[":
        guard depth < Self.deepest, !literal.contains(index), let node = bracket() else { return nodes }
        nodes.append(node)
      case ")", "]", ":", "|": return nodes
      default:
        guard let node = plain() else { return nodes }
        nodes.append(node)
      }
    }
    return nodes
  }

  /// Text with escapes; a backslash at the very end or before a line break is none.
  private mutating func plain() -> PromptNode? {
    let begin = index
    while let scalar = next {
      if scalar == "\\" {
        guard index + 1 < text.count, text[index + 1] != "\n" else { break }
        index += 2
      } else if "[]():|".unicodeScalars.contains(scalar) {
        break
      } else {
        index += 1
      }
    }
    return begin == index ? nil : .plain(String(String.UnicodeScalarView(text[begin..<index])))
  }

  private mutating func bracket() -> PromptNode? {
    let begin = index
    depth += 1
    defer { depth -= 1 }
    let node =
      text[begin] == "(" ? emphasis() : scheduled() ?? alternate(from: begin) ?? weakened(from: begin)
    if node == nil {
      index = begin
      literal.insert(begin)
    }
    return node
  }

  /// `(prompt)` or `(prompt:prompt)`: kept as it is, for attention is read later.
  private mutating func emphasis() -> PromptNode? {
    index += 1
    var nodes: [PromptNode] = [.plain("(")] + prompt()
    if next == ":" {
      index += 1
      nodes.append(.plain(":"))
      nodes += prompt()
    }
    guard take(")") else { return nil }
    return .group(nodes + [.plain(")")])
  }

  /// `[prompt:when]` or `[prompt:prompt:when]`.
  private mutating func scheduled() -> PromptNode? {
    index += 1
    let first = prompt()
    guard take(":") else { return nil }
    let afterColon = index
    let second = prompt()
    if take(":"), let when = number(), take("]") {
      return .scheduled(before: first, after: second, when: when)
    }
    index = afterColon
    guard let when = number(), take("]") else { return nil }
    return .scheduled(before: [], after: first, when: when)
  }

  /// `[a|b|…]`; a choice may be empty.
  private mutating func alternate(from begin: Int) -> PromptNode? {
    index = begin + 1
    var choices = [prompt()]
    while take("|") { choices.append(prompt()) }
    guard choices.count > 1, take("]") else { return nil }
    return .alternate(choices)
  }

  /// `[prompt]`: kept as it is, for attention is read later.
  private mutating func weakened(from begin: Int) -> PromptNode? {
    index = begin + 1
    let nodes = prompt()
    guard take("]") else { return nil }
    return .group([.plain("[")] + nodes + [.plain("]")])
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    index += 1
    return true
  }

  /// A signed number with spaces around it: `3`, `.5`, `1.`, `2e1`.
  private mutating func number() -> String? {
    let begin = index
    func isDigit(_ place: Int) -> Bool { place < text.count && ("0"..."9").contains(text[place]) }
    skipSpaces()
    let first = index
    if next == "+" || next == "-" { index += 1 }
    var digits = 0
    while isDigit(index) { (index, digits) = (index + 1, digits + 1) }
    if next == "." {
      index += 1
      while isDigit(index) { (index, digits) = (index + 1, digits + 1) }
    }
    if digits > 0, next == "e" || next == "E" {
      let sign = index + 1 < text.count && (text[index + 1] == "+" || text[index + 1] == "-") ? 1 : 0
      if isDigit(index + 1 + sign) {
        index += 1 + sign
        while isDigit(index) { index += 1 }
      }
    }
    guard digits > 0 else {
      index = begin
      return nil
    }
    let number = String(String.UnicodeScalarView(text[first..<index]))
    skipSpaces()
    return number
  }

  private mutating func skipSpaces() {
    while let scalar = next, scalar.properties.isWhitespace { index += 1 }
  }
}
