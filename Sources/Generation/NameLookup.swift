/// Finds what people type among names on offer, and suggests the nearest when nothing fits.
public enum NameLookup {
  /// Lower case without spaces, `_` and `-`, `+` as `p`: `DPM++ 2M`, `dpmpp_2m` and `dpm++2m` are one name.
  public static func folded(_ name: String) -> String {
    var result = ""
    for character in name.lowercased() where !character.isWhitespace {
      switch character {
      case "_", "-": continue
      case "+": result.append("p")
      default: result.append(character)
      }
    }
    return result
  }

  /// The choice with this name or alias, after folding.
  public static func find(_ text: String, in choices: [SamplerDescription]) -> SamplerDescription? {
    let wanted = folded(text)
    return choices.first { folded($0.name) == wanted }
      ?? choices.first { $0.aliases.contains { folded($0) == wanted } }
  }

  /// The model with exactly this name, or the only one that differs by case alone.
  /// - Throws: `UserError` `unknown_model` with the nearest name.
  public static func model(_ text: String, in models: [ModelDescription]) throws(UserError)
    -> ModelDescription
  {
    if let exact = models.first(where: { $0.name == text }) { return exact }
    let alike = models.filter { $0.name.lowercased() == text.lowercased() }
    guard alike.count == 1, let model = alike.first else {
      throw unknown("model", text, among: models.map(\.name))
    }
    return model
  }

  /// The name nearest to `text` by edit distance, if one is near enough to be a slip of the fingers.
  public static func nearest(_ text: String, among names: [String]) -> String? {
    let wanted = folded(text)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let ranked = names.map { (name: $0, distance: distance(Array(wanted), Array(folded($0)))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, min(wanted.count, folded(best.name).count) / 3) ? best.name : nil
  }

  /// An `unknown_KIND` error: what was found, and the nearest name or all of them.
  static func unknown(_ kind: String, _ text: String, among names: [String]) -> UserError {
    var message = "unknown \(kind) '\(shown(text))'"
    if let near = nearest(text, among: names) {
      message += "; did you mean '\(near)'?"
    } else if names.isEmpty {
      message += "; there is none yet"
    } else {
      message += "; expected one of: \(names.prefix(12).joined(separator: ", "))"
    }
    return UserError(code: "unknown_\(kind)", message: message, field: kind)
  }

  /// The upscaler with this name, after folding.
  /// - Throws: `UserError` `unknown_upscaler` for `field` with the nearest name.
  public static func upscaler(
    _ text: String, in names: [String], field: GenerationRequest.CodingKeys
  ) throws(UserError) -> String {
    let wanted = folded(text)
    if let found = names.first(where: { folded($0) == wanted }) { return found }
    let error = unknown("upscaler", text, among: names)
    throw UserError(code: error.code, message: error.message, field: field.rawValue)
  }

  /// The file with this name, without regard to case or to the ending.
  /// - Throws: `UserError` `unknown_` and the kind with the nearest name.
  public static func extra(
    _ kind: String, _ text: String, in files: [ExtraDescription], field: String
  ) throws(UserError) -> ExtraDescription {
    let wanted = text.lowercased()
    if let found = files.first(where: { $0.name == text })
      ?? files.first(where: { $0.name.lowercased() == wanted })
      ?? files.first(where: { withoutEnding($0.name.lowercased()) == withoutEnding(wanted) })
    {
      return found
    }
    throw unknownExtra(kind, text, among: files.map(\.name), field: field)
  }

  private static func withoutEnding(_ name: String) -> String {
    for ending in [
      ".vae.safetensors", ".vae.ckpt", ".vae.pt", ".safetensors", ".ckpt", ".pt", ".bin", ".vae",
    ] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.count))
    }
    return name
  }

  /// An `unknown_lora` error, or of another kind of file, about a field.
  public static func unknownExtra(
    _ kind: String, _ text: String, among names: [String], field: String
  ) -> UserError {
    var error = unknown(kind, text, among: names)
    error.field = field
    return error
  }

  /// Text as it may stand in an error: one line, at most 60 characters.
  private static func shown(_ text: String) -> String {
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    return clean.unicodeScalars.count < text.unicodeScalars.count ? clean + "…" : clean
  }

  /// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
