/// Splits a prompt at the word `AND`; each part may end with `:weight`, 1 without.
///
/// As AUTOMATIC1111's `get_multicond_prompt_list`, after "Compositional Visual Generation with Composable
/// Diffusion Models" (Liu 2022): the parts' guidance is added up.
public enum PromptComposition {
  /// The parts, at least one.
  public static func parse(_ prompt: String) -> [WeightedText] {
    cut(Array(prompt.unicodeScalars)).map(weighted)
  }

  private static func cut(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    let word = Array("AND".unicodeScalars)
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var (begin, index) = (0, 0)
    while index + word.count <= text.count {
      let end = index + word.count
      if text[index..<end].elementsEqual(word), index == 0 || !PromptAttention.isWordPart(text[index - 1]),
        end == text.count || !PromptAttention.isWordPart(text[end])
      {
        parts.append(text[begin..<index])
        begin = end
        index = end
      } else {
        index += 1
      }
    }
    return parts + [text[begin...]]
  }

  /// Takes `: 1.2` and spaces off the end.
  private static func weighted(_ part: ArraySlice<Unicode.Scalar>) -> WeightedText {
    func trimmed(_ slice: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
      slice.dropLast(slice.reversed().prefix { $0.properties.isWhitespace }.count)
    }
    func string(_ slice: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(slice)) }
    let text = trimmed(part)
    let digits = text.reversed().prefix { $0 == "." || ("0"..."9").contains($0) }.count
    var rest = text.dropLast(digits)
    var number = string(text.suffix(digits))
    if let sign = rest.last, sign == "-" || sign == "+" {
      number = string([sign]) + number
      rest = rest.dropLast()
    }
    rest = trimmed(rest)
    // `1.` is a number, `1.5.` is none.
    if number.hasSuffix("."), number.count(where: { $0 == "." }) == 1 { number += "0" }
    guard rest.last == ":", digits > 0, let weight = Double(number) else {
      return WeightedText(string(text), 1)
    }
    return WeightedText(string(trimmed(rest.dropLast())), weight)
  }
}
