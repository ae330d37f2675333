import Foundation
import Generation
import PNG
import Pictures

/// Requests that were kept in a file: JSON with a request's fields, with a `request` or `requests` in it, or a PNG of
/// this program.
struct SavedRequests {
  /// Larger files hold no requests.
  private static let mostBytes = 64 << 20

  /// The fields of each request.
  let fields: [[String: Any]]

  /// Reads a file.
  /// - Throws: `UserError` `unreadable_file`, `no_request`, and what is wrong with a PNG.
  init(file: String) throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UserError(
        code: "unreadable_file", message: "expected a saved request at '\(file)', found no file")
    }
    let none = UserError(
      code: "no_request", message: "expected JSON with a request or a PNG of this program in '\(file)'")
    var text = data
    if PictureKind(data) == .png {
      guard let record = try PictureTexts.read(file).first(where: { $0.keyword == "atelier" }) else {
        throw none
      }
      text = Data(record.text.utf8)
    }
    guard text.count <= Self.mostBytes, let object = try? JSONSerialization.jsonObject(with: text),
      let members = object as? [String: Any]
    else { throw none }
    if let several = members["requests"] as? [[String: Any]], !several.isEmpty {
      fields = several.map(Self.tidy)
    } else if let one = members["request"] as? [String: Any] {
      fields = [Self.tidy(one)]
    } else {
      guard members["prompt"] != nil else { throw none }
      fields = [Self.tidy(members)]
    }
  }

  /// What is said beside the request's own: names of pictures that only the service knows, what became of the picture,
  /// and seeds that a JavaScript number cannot hold as texts.
  private static func tidy(_ members: [String: Any]) -> [String: Any] {
    var fields = members
    for name in ["init_image", "mask", "nsfw_content_detected"] { fields[name] = nil }
    for name in ["seed", "variation_seed"] {
      if let text = fields[name] as? String, let seed = Int64(text) { fields[name] = seed }
    }
    return fields
  }
}
