/// Reads attention out of a prompt: `(x)`, `[x]`, `(x:1.3)`, escapes, `BREAK`.
///
/// Behaves as `parse_prompt_attention` of AUTOMATIC1111's web UI: round brackets multiply by 1.1, square ones
/// divide by it, nesting multiplies, brackets that are never closed act to the end, closers without an opener
/// are literal. Where that function fails (`(a:1.2.3)`) the weight is literal text. No text fails.
public struct PromptAttention {
  private static let strengthening = 1.1
  private static let weakening = 1 / 1.1

  private let text: [Unicode.Scalar]
  private var index = 0
  private var pieces: [WeightedText] = []
  /// Where each bracket that is open begins, as an index of `pieces`.
  private var round: [Int] = []
  private var square: [Int] = []

  private init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// The prompt's pieces in order, neighbours of one weight joined; one empty piece for an empty prompt.
  public static func parse(_ text: String) -> [WeightedText] {
    var parser = PromptAttention(text)
    parser.run()
    return parser.joined()
  }

  private mutating func run() {
    while index < text.count {
      switch text[index] {
      case "\\": escape()
      case "(": open(\.round)
      case "[": open(\.square)
      case ":": colon()
      case ")": close(\.round, by: Self.strengthening)
      case "]": close(\.square, by: Self.weakening)
      default: plain()
      }
    }
    for start in round { multiply(from: start, by: Self.strengthening) }
    for start in square { multiply(from: start, by: Self.weakening) }
  }

  /// A backslash takes the meaning of the bracket or backslash behind it, and is itself never shown.
  private mutating func escape() {
    index += 1
    guard index < text.count, "()[]\\".unicodeScalars.contains(text[index]) else { return append("") }
    append(String(text[index]))
    index += 1
  }

  private mutating func open(_ stack: WritableKeyPath<Self, [Int]>) {
    self[keyPath: stack].append(pieces.count)
    index += 1
  }

  private mutating func close(_ stack: WritableKeyPath<Self, [Int]>, by factor: Double) {
    defer { index += 1 }
    guard let start = self[keyPath: stack].popLast() else { return append(String(text[index])) }
    multiply(from: start, by: factor)
  }

  /// `: 1.3 )` closes a round bracket with its weight; any other colon is a colon.
  private mutating func colon() {
    guard !round.isEmpty, let (weight, end) = weight(after: index + 1) else {
      append(":")
      index += 1
      return
    }
    multiply(from: round.removeLast(), by: weight)
    index = end
  }

  /// A number, spaces around it allowed, and a closing bracket; and what comes after.
  private func weight(after start: Int) -> (Double, Int)? {
    var end = start
    func skipSpaces() { while end < text.count, text[end].properties.isWhitespace { end += 1 } }
    skipSpaces()
    let first = end
    if end < text.count, text[end] == "+" || text[end] == "-" { end += 1 }
    while end < text.count, text[end] == "." || ("0"..."9").contains(text[end]) { end += 1 }
    guard let number = Self.number(text[first..<end]) else { return nil }
    skipSpaces()
    guard end < text.count, text[end] == ")" else { return nil }
    return (number, end + 1)
  }

  /// `1`, `1.`, `.5`, `-1.3`; nil for what is no number.
  private static func number(_ scalars: ArraySlice<Unicode.Scalar>) -> Double? {
    var digits = String(String.UnicodeScalarView(scalars))
    guard digits.contains(where: \.isNumber) else { return nil }
    if digits.hasSuffix(".") { digits += "0" }
    return Double(digits)
  }

  /// Text up to the next character with a meaning, cut at the word `BREAK`.
  private mutating func plain() {
    var end = index
    while end < text.count, !"\\()[]:".unicodeScalars.contains(text[end]) { end += 1 }
    for (number, part) in Self.cutAtBreaks(text[index..<end]).enumerated() {
      if number > 0 { pieces.append(.chunkBreak) }
      append(String(String.UnicodeScalarView(part)))
    }
    index = end
  }

  /// The parts between the words `BREAK`, the space around the words left out.
  private static func cutAtBreaks(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    let word = Array("BREAK".unicodeScalars)
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var begin = text.startIndex
    var index = begin
    while index + word.count <= text.endIndex {
      let end = index + word.count
      let isWord =
        text[index..<end].elementsEqual(word) && (index == text.startIndex || !isWordPart(text[index - 1]))
        && (end == text.endIndex || !isWordPart(text[end]))
      guard isWord else {
        index += 1
        continue
      }
      var last = index
      while last > begin, text[last - 1].properties.isWhitespace { last -= 1 }
      parts.append(text[begin..<last])
      begin = end
      while begin < text.endIndex, text[begin].properties.isWhitespace { begin += 1 }
      index = begin
    }
    return parts + [text[begin...]]
  }

  static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private mutating func append(_ text: String) { pieces.append(WeightedText(text, 1)) }

  private mutating func multiply(from start: Int, by factor: Double) {
    for index in start..<pieces.count { pieces[index].weight *= factor }
  }

  private func joined() -> [WeightedText] {
    var result: [WeightedText] = []
    for piece in pieces {
      if let last = result.last, last.weight == piece.weight {
        result[result.count - 1].text += piece.text
      } else {
        result.append(piece)
      }
    }
    return result.isEmpty ? [WeightedText("", 1)] : result
  }
}
