import Foundation
import Generation

extension GenerationRequest {
  /// The request with some fields written over, by their JSON names.
  /// - Throws: `UserError` that names the field which is unknown or has a value of the wrong kind.
  func with(_ changes: [String: Any]) throws -> GenerationRequest {
    let known = CodingKeys.allCases.map(\.rawValue)
    if let unknown = changes.keys.sorted().first(where: { !known.contains($0) }) {
      let nearest = NameLookup.nearest(unknown, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw UserError(
        code: "unknown_field", message: "unknown field '\(unknown.prefix(40))'\(nearest)", field: unknown)
    }
    let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(self))
    var fields = (object as? [String: Any] ?? [:]).merging(changes) { $1 }.filter { !($0.value is NSNull) }
    for name in Self.choices { fields[name] = (fields[name] as? String)?.lowercased() ?? fields[name] }
    if let text = fields["emphasis"] as? String, let mode = EmphasisMode.named(text) {
      fields["emphasis"] = mode.rawValue
    }
    do {
      return try JSONDecoder().decode(
        GenerationRequest.self, from: try JSONSerialization.data(withJSONObject: fields))
    } catch let error as DecodingError {
      throw Self.readable(error)
    }
  }

  /// Fields that are one of a few words.
  private static let choices = [
    CodingKeys.mode, .emphasis, .noiseSource, .resizeMode, .inpaintFill, .inpaintArea, .loopback,
  ].map(\.rawValue)

  private static func readable(_ error: DecodingError) -> UserError {
    let context: DecodingError.Context
    switch error {
    case .dataCorrupted(let found), .typeMismatch(_, let found), .valueNotFound(_, let found),
      .keyNotFound(_, let found):
      context = found
    @unknown default: return UserError(code: "wrong_type", message: "a value does not fit its setting")
    }
    let field = context.codingPath.map(\.stringValue).joined(separator: ".")
    return UserError(code: "wrong_type", message: "\(field): \(context.debugDescription)", field: field)
  }
}

extension GridValue {
  /// The value as `JSONSerialization` takes it.
  var json: Any {
    switch self {
    case .integer(let number): number
    case .number(let number): number
    case .boolean(let value): value
    case .text(let text): text
    }
  }
}
