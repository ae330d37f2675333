/// One line of a file of prompts, as A1111's script "Prompts from file or textbox" reads them: a prompt as it stands, or
/// flags such as `--prompt "a cat" --steps 30`.
public struct PromptLine: Hashable, Sendable {
  /// What the line changes, by the request's field names, and `styles`.
  public let changes: [String: GridValue]
  /// The prompt; the whole line where its flags have none.
  public let label: String

  /// A1111's names of flags where they are not those of our fields.
  private static let fields = [
    "cfg_scale": "guidance_scale", "subseed": "variation_seed", "subseed_strength": "variation_strength",
    "sampler_name": "sampler", "sampler_index": "sampler", "scheduler": "schedule", "sd_model": "model",
    "denoising_strength": "strength",
  ]

  /// Reads a line.
  /// - Throws: `UserError` `bad_prompt_line` that says what is wrong with it.
  public init(_ text: Substring) throws(UserError) {
    guard text.first(where: { !$0.isWhitespace }) == "-", text.contains("--") else {
      (changes, label) = (["prompt": .text(String(text))], String(text))
      return
    }
    var changes: [String: GridValue] = [:]
    var count = 1
    var words = try Self.words(text)[...]
    while let flag = words.popFirst() {
      guard flag.hasPrefix("--"), flag.count > 2 else { throw Self.wrong("a flag such as --steps", flag) }
      guard let value = words.popFirst() else { throw Self.wrong("a value after \(flag)", "none") }
      let name = String(flag.dropFirst(2)).replacing("-", with: "_")
      if name == "batch_size" || name == "n_iter" {
        // Both flags together, however often they are given.
        guard let number = Int(value), (1...100).contains(number), count * number <= 100 else {
          throw Self.wrong("\(flag) so that there are 1 to 100 pictures", value)
        }
        count *= number
        changes["batch_count"] = .integer(Int64(count))
      } else {
        changes.merge(try Self.change(Self.fields[name] ?? name, value, flag)) { $1 }
      }
    }
    self.changes = changes
    label = changes["prompt"]?.label ?? String(text)
  }

  /// The lines of a file that are not empty.
  /// - Throws: `UserError` `bad_prompt_line` that names the line.
  public static func lines(_ text: String) throws(UserError) -> [PromptLine] {
    var lines: [PromptLine] = []
    let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in all.enumerated() where !line.allSatisfy(\.isWhitespace) {
      do { lines.append(try PromptLine(line)) } catch {
        throw UserError(
          code: error.code, message: "line \(number + 1): \(error.message)", field: error.field)
      }
    }
    return lines
  }

  private static func change(
    _ field: String, _ value: String, _ flag: String
  ) throws(UserError) -> [String: GridValue] {
    if field == "prompt" { return [field: .text(value)] }
    // A1111 has commas between styles.
    if field == "styles" { return [field: .text(value.replacing(",", with: "|"))] }
    let axes = GridAxis.all.filter { $0.kind != .size }
    guard let axis = axes.first(where: { $0.field == field }) else {
      throw wrong("flags such as --prompt, --negative_prompt, --steps, --seed", flag)
    }
    return [field: try GridValueList.value(value, axis: axis)]
  }

  /// Words between spaces; quotes of both kinds keep spaces, `\` the next letter.
  private static func words(_ text: Substring) throws(UserError) -> [String] {
    var (words, word, quote) = ([String](), String?.none, Character?.none)
    var rest = text
    while let character = rest.popFirst() {
      switch character {
      case "\\" where quote != "'": word = (word ?? "") + (rest.popFirst().map(String.init) ?? "\\")
      case quote: quote = nil
      case _ where quote == nil && (character == "\"" || character == "'"):
        (quote, word) = (character, word ?? "")
      case _ where quote == nil && character.isWhitespace:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw wrong("a closing quote", "none") }
    return words + (word.map { [$0] } ?? [])
  }

  private static func wrong(_ expected: String, _ found: String) -> UserError {
    UserError(
      code: "bad_prompt_line", message: "expected \(expected), found '\(found.prefix(60))'", field: "values")
  }
}
