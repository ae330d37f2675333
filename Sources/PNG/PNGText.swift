/// A text chunk: `tEXt` when the text is Latin-1, else `iTXt`.
public struct PNGText: Equatable, Sendable {
  /// What the text is, for example `parameters`; 1 to 79 printable Latin-1 characters, words apart by one space.
  public var keyword: String
  /// The text, in which NUL cannot be stored and becomes U+FFFD.
  public var text: String

  /// Makes a text.
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }

  /// The keyword's bytes, or nil if a PNG cannot have it (PNG specification, 11.3.4.2).
  var keywordBytes: [UInt8]? {
    guard let bytes = Self.latin1(keyword), (1...79).contains(bytes.count) else { return nil }
    let isPrintable = bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 >= 0xA1 }
    let words = bytes.split(separator: 0x20, omittingEmptySubsequences: false)
    return isPrintable && !words.contains(where: \.isEmpty) ? bytes : nil
  }

  /// The text's bytes in Latin-1, or nil if it has other characters.
  static func latin1(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Text from Latin-1 bytes.
  static func text(latin1 bytes: some Sequence<UInt8>) -> String {
    var view = String.UnicodeScalarView()
    for byte in bytes { view.append(Unicode.Scalar(byte)) }
    return String(view)
  }
}
