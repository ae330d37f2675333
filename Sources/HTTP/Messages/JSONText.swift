/// JSON written by hand, for the few places of this target that need it.
enum JSONText {
  /// A string literal with its quotes.
  ///
  /// RFC 8259 section 7; `<`, `>` and `&` are escaped too, so that the text is harmless inside HTML.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "<", ">", "&", "\u{7F}", "\u{2028}", "\u{2029}": result += escape(scalar)
      default:
        if scalar.value < 0x20 { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
  }
}
