/// A text chunk: `tEXt` when the text is Latin-1, else `iTXt`.
public struct PNGText: Equatable, Sendable {
  /// What the text is, for example `parameters`; 1 to 79 Latin-1 characters.
  public var keyword: String
  /// The text, in which NUL cannot be stored and becomes U+FFFD.
  public var text: String

  /// Makes a text.
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
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
