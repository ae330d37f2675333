/// What brackets in prompts do, by AUTOMATIC1111's names.
public enum EmphasisMode: String, Codable, Sendable, CaseIterable {
  /// Brackets weigh words; the mean of the hidden states stays as it was.
  case original
  /// Brackets weigh words; the mean is let go.
  case noNorm = "no_norm"
  /// Brackets are read and weigh nothing.
  case ignore
  /// Brackets are text.
  case none

  /// The name in the web UI.
  public var label: String {
    switch self {
    case .original: "Original"
    case .noNorm: "No norm"
    case .ignore: "Ignore"
    case .none: "None"
    }
  }

  /// The mode of a name of either kind, in any case.
  public static func named(_ text: String) -> EmphasisMode? {
    allCases.first { NameLookup.folded($0.rawValue) == NameLookup.folded(text) }
  }
}
