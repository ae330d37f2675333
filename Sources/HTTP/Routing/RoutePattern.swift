/// The path of a route: literal segments and `{name}` for one segment of any text.
public struct RoutePattern: Hashable, Sendable, CustomStringConvertible {
  enum Part: Hashable, Sendable {
    case literal(String)
    case parameter(String)
  }

  /// The pattern as written: `/api/jobs/{id}`.
  public let description: String
  let parts: [Part]

  /// Parses a pattern.
  ///
  /// A malformed one is a mistake of the program and traps.
  init(_ text: String) {
    precondition(text.hasPrefix("/"), "a route begins with a slash: \(text)")
    description = text
    parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: text == "/").map { part in
      precondition(!part.isEmpty, "a route has no empty segment: \(text)")
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
      return .parameter(String(part.dropFirst().dropLast()))
    }
  }

  /// The parameters of `segments` if they match; a parameter never matches an empty segment.
  func match(_ segments: [String]) -> PathParameters? {
    guard segments.count == parts.count else { return nil }
    var values: [String: String] = [:]
    for (part, segment) in zip(parts, segments) {
      switch part {
      case .literal(let text): if text != segment { return nil }
      case .parameter(let name):
        if segment.isEmpty { return nil }
        values[name] = segment
      }
    }
    return PathParameters(values: values)
  }

  /// Whether every path one pattern matches the other matches too, so that the order would decide.
  func isSameShape(as other: RoutePattern) -> Bool {
    guard parts.count == other.parts.count else { return false }
    return zip(parts, other.parts).allSatisfy { one, two in
      switch (one, two) {
      case (.literal(let a), .literal(let b)): a == b
      case (.parameter, .parameter): true
      default: false
      }
    }
  }

  /// Literals before parameters, so that `/api/jobs/recent` wins over `/api/jobs/{id}`.
  var literalCount: Int {
    parts.count { if case .literal = $0 { true } else { false } }
  }
}

/// The values of a pattern's parameters, percent-decoded, never empty.
public struct PathParameters: Equatable, Sendable {
  var values: [String: String] = [:]

  /// The value of `{name}`; empty for a name the pattern does not have.
  public subscript(name: String) -> String { values[name] ?? "" }
}
