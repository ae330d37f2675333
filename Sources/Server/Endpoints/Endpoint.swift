import HTTP

/// The server's table of routes.
typealias AppRouter = Router<Audience, Caller>
/// What handlers are told beside the request.
typealias AppContext = RouteContext<Caller>

/// Answers one route.
protocol Endpoint: Sendable {
  /// Makes the endpoint over what it works with.
  init(_ services: Services)
  /// Answers.
  func respond(_ request: Request, _ context: AppContext) async throws -> Response
}
