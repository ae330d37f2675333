internal import HTTPTypes

/// Finds the route of a request.
///
/// It knows nothing of audiences and identities: `Router` is generic over them, and code that is generic across
/// modules takes many times as long.
struct RouteTable: Sendable {
  /// Plans a request for a route that matches it.
  typealias Planner =
    nonisolated(nonsending) @Sendable (RequestHead, PathParameters) async throws -> RequestPlan

  /// The response for a route that matches, where it can be given without waiting and without an error.
  typealias Quick = @Sendable (RequestHead) -> Response?

  final class Entry: Sendable {
    let method: HTTPRequest.Method
    let pattern: RoutePattern
    let plan: Planner
    /// Nil for most routes.
    let quick: Quick?
    private let literalCount: Int

    init(method: HTTPRequest.Method, pattern: RoutePattern, plan: @escaping Planner, quick: Quick?) {
      self.method = method
      self.pattern = pattern
      self.plan = plan
      self.quick = quick
      literalCount = pattern.literalCount
    }

    /// How well it suits a request whose path it matches; nil when the method is another.
    func rank(_ method: HTTPRequest.Method) -> Int? {
      if self.method == method { return 2 * literalCount + 1 }
      return method == .head && self.method == .get ? 2 * literalCount : nil
    }
  }

  /// What a look finds.
  enum Finding {
    case route(Entry, PathParameters)
    /// The path has routes, of these methods.
    case otherMethod([HTTPRequest.Method])
    case nothing
  }

  private struct Shelf: Hashable {
    let first: String?
    let count: Int
  }

  /// By the first segment of their paths, `nil` for a parameter, and by how many segments there are.
  private var index: [Shelf: [Entry]] = [:]
  private var firstParameters: Set<Int> = []

  mutating func add(_ entry: Entry) {
    var first: String?
    if case .literal(let text)? = entry.pattern.parts.first { first = text }
    let count = entry.pattern.parts.count
    if first == nil { firstParameters.insert(count) }
    index[Shelf(first: first, count: count), default: []].append(entry)
  }

  /// The best route for a path: literals win over parameters, and a route of the method itself over GET for HEAD.
  func find(_ method: HTTPRequest.Method, _ segments: [String]) -> Finding {
    var best: (entry: Entry, parameters: PathParameters, rank: Int)?
    var others: [HTTPRequest.Method] = []
    for entry in candidates(segments) {
      guard let parameters = entry.pattern.match(segments) else { continue }
      guard let rank = entry.rank(method) else {
        others.append(entry.method)
        continue
      }
      if rank >= best?.rank ?? 0 { best = (entry, parameters, rank) }
    }
    if let best { return .route(best.entry, best.parameters) }
    return others.isEmpty ? .nothing : .otherMethod(others)
  }

  private func candidates(_ segments: [String]) -> [Entry] {
    let named = segments.first.flatMap { index[Shelf(first: $0, count: segments.count)] } ?? []
    guard segments.isEmpty || firstParameters.contains(segments.count) else { return named }
    return named + (index[Shelf(first: nil, count: segments.count)] ?? [])
  }
}
