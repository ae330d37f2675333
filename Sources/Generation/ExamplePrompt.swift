/// A prompt that suits a model, in the page's two languages.
public struct ExamplePrompt: Codable, Hashable, Sendable {
  /// English.
  public var en: String
  /// French.
  public var fr: String

  /// Makes an example.
  public init(en: String, fr: String) {
    self.en = en
    self.fr = fr
  }
}
