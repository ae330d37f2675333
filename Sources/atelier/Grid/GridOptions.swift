import ArgumentParser
import Foundation
import Generation

/// The axes of a grid of experiments.
struct GridOptions: ParsableArguments {
  @Option(help: "What changes from left to right: 'SETTING: VALUES'.")
  var x: String?

  @Option(help: "What changes from top to bottom.")
  var y: String?

  @Option(help: "What changes from table to table.")
  var z: String?

  /// Most cells: nobody else waits here.
  private static let most = 1000

  /// The settings, for the help.
  static var names: String { GridAxis.all.map(\.label).joined(separator: ", ") }

  func validate() throws {
    guard x != nil || y != nil || z != nil else { throw ValidationError("Expected --x, --y or --z.") }
  }

  /// The axes, for these prompts.
  /// - Throws: `UserError` that says which axis or value is wrong.
  func plan(prompt: String, negativePrompt: String) throws(UserError) -> GridPlan {
    try GridPlan(
      x: Self.axis(x), y: Self.axis(y), z: Self.axis(z), prompt: prompt, negativePrompt: negativePrompt,
      most: Self.most)
  }

  private static func axis(_ text: String?) throws(UserError) -> (name: String, values: String)? {
    guard let text else { return nil }
    guard let colon = text.firstIndex(of: ":") else {
      throw UserError(code: "bad_axis", message: "expected 'SETTING: VALUES', found '\(text.prefix(60))'")
    }
    return (
      String(text[..<colon]).trimmingCharacters(in: .whitespaces), String(text[text.index(after: colon)...])
    )
  }
}
