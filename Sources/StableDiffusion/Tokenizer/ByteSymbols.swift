/// GPT-2's printable stand-ins for bytes, in which byte-level vocabularies are written.
///
/// Bytes that print in Latin-1 stand for themselves; the others are U+0100 and up, in order.
enum ByteSymbols {
  /// The stand-in of each byte.
  static let table: [Unicode.Scalar] = {
    var spare: UInt32 = 0x100
    return (0..<256).map { (byte: Int) -> Unicode.Scalar in
      let isPlain = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      if isPlain { return Unicode.Scalar(UInt8(byte)) }
      defer { spare += 1 }
      return Unicode.Scalar(spare) ?? "?"
    }
  }()

  /// A word's bytes as stand-ins, the last with the end-of-word mark.
  static func symbols(_ word: some Sequence<Unicode.Scalar>) -> [String] {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: word)
    var symbols = String(text).utf8.map { String(Character(table[Int($0)])) }
    if let last = symbols.indices.last { symbols[last] += "</w>" }
    return symbols
  }
}
