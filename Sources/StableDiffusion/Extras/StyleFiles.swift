internal import Checkpoints
public import Generation

/// Files of styles, `styles.csv` as AUTOMATIC1111 writes it.
public enum StyleFiles {
  /// What the file is called.
  public static let name = "styles.csv"

  /// The styles in files, of a name the first; files that are not there are passed over.
  public static func read(_ paths: [String]) -> [PromptStyle] {
    var seen: Set<String> = []
    return paths.flatMap { path -> [PromptStyle] in
      guard let bytes = try? SmallFile.read(path, label: name) else { return [] }
      return PromptStyle.parse(String(decoding: bytes, as: UTF8.self))
    }.filter { seen.insert($0.name).inserted }
  }
}
