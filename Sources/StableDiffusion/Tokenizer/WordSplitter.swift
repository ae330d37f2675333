// The standard library composes text itself (Unicode's NFC) but offers it only under this name; the other way
// to it is Foundation, which brings all of ICU into the worker.
@_spi(_Unicode) import Swift

/// CLIP's rules for what a word is, before bytes are paired.
enum WordSplitter {
  /// Versions of Unicode whose tables the tokenizers library has, for composing and for its regular expressions.
  ///
  /// What is newer is to it an unassigned number, which never joins anything and is no letter.
  private static let composes = 9, letters = 16

  /// Unicode's composed form (NFC) in lower case, scalar by scalar as the tokenizers library does it.
  static func normalized(_ text: some StringProtocol) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in composed(expanded(text)) {
      if scalar.isASCII {
        result.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  /// Composed between scalars that are too new, which stay where they are.
  private static func composed(_ text: String) -> [Unicode.Scalar] {
    var (result, known): ([Unicode.Scalar], String.UnicodeScalarView) = ([], .init())
    for scalar in text.unicodeScalars {
      if isKnown(scalar, composes) {
        known.append(scalar)
      } else {
        result += String(known)._nfc
        result.append(scalar)
        known.removeAll()
      }
    }
    return result + String(known)._nfc
  }

  /// Whether a scalar was there in a version of Unicode.
  private static func isKnown(_ scalar: Unicode.Scalar, _ version: Int) -> Bool {
    scalar.isASCII || (scalar.properties.age?.major ?? 0) <= version
  }

  /// Marks of combining class 0 that stand for marks of another class.
  ///
  /// The standard library does not reorder them with what precedes. Unicode never composes them, so they may
  /// as well be written out.
  private static let hiddenMarks: [Unicode.Scalar: [Unicode.Scalar]] = [
    "\u{F73}": ["\u{F71}", "\u{F72}"], "\u{F75}": ["\u{F71}", "\u{F74}"],
    "\u{F81}": ["\u{F71}", "\u{F80}"],
  ]

  private static func expanded(_ text: some StringProtocol) -> String {
    guard text.unicodeScalars.contains(where: { hiddenMarks[$0] != nil }) else { return String(text) }
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { view.append(contentsOf: hiddenMarks[scalar] ?? [scalar]) }
    return String(view)
  }

  private enum Kind { case space, letter, number, other }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    guard isKnown(scalar, letters) else { return .other }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
    case .decimalNumber, .letterNumber, .otherNumber: .number
    default: scalar.properties.isWhitespace ? .space : .other
    }
  }

  private static let contractions: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
    Array($0.unicodeScalars)
  }

  /// Names that CLIP's expression keeps whole and GPT-2's then cuts in three.
  private static let markers: [[Unicode.Scalar]] = ["<|startoftext|>", "<|endoftext|>"].map {
    Array($0.unicodeScalars)
  }

  /// The words of normalised text: contractions, runs of letters, single numbers, runs of anything else.
  static func words(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    while start < text.count {
      let rest = text[start...]
      if let marker = markers.first(where: { rest.starts(with: $0) }) {
        let end = start + marker.count
        words += [text[start..<start + 2], text[start + 2..<end - 2], text[end - 2..<end]]
        start = end
      } else if let contraction = contractions.first(where: { rest.starts(with: $0) }) {
        words.append(text[start..<start + contraction.count])
        start += contraction.count
      } else {
        let kind = kind(text[start])
        var end = start + 1
        if kind != .number { while end < text.count, self.kind(text[end]) == kind { end += 1 } }
        if kind != .space { words.append(text[start..<end]) }
        start = end
      }
    }
    return words
  }
}
