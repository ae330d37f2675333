/// A piece of a prompt and how strongly it counts.
public struct WeightedText: Equatable, Sendable {
  /// The text, without the brackets that gave the weight.
  public var text: String
  /// Its weight; 1 counts as usual.
  public var weight: Double

  /// Weighs a text.
  public init(_ text: String, _ weight: Double) {
    self.text = text
    self.weight = weight
  }

  /// The word `BREAK` outside all brackets: what follows begins a new chunk of tokens.
  public static let chunkBreak = WeightedText("BREAK", -1)
}
