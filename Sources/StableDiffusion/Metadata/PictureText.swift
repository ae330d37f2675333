/// A text that travels in a picture's file.
public struct PictureText: Equatable, Sendable {
  /// The PNG text chunk's keyword.
  public let keyword: String
  /// The text.
  public let text: String

  /// Makes a text.
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }
}
