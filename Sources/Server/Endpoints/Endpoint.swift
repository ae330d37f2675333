import Generation
import HTTP

/// Who may ask for a route.
enum Audience: Sendable, Hashable, CaseIterable {
  /// Anybody: the page, the form, and what monitors ask.
  case anyone
  /// A known user, who sees their own things only.
  case user
  /// A known user, or somebody who becomes one by asking, where anybody may: a tool's first job needs no
  /// visit before it.
  case newcomer
}

/// Who asks, as the authenticator found.
struct Caller: Sendable, Hashable {
  /// The user; nil only where the audience is anybody.
  var user: UserID?
  /// Sent with the answer when this request made the user.
  var cookie: String?

  /// The user of a route for users.
  func requireUser() throws(APIError) -> UserID {
    guard let user else { throw .noSession }
    return user
  }
}

extension APIError {
  /// 401: no user is known.
  static let noSession = APIError(
    status: 401,
    error: UserError(
      code: "no_session", message: "this browser has no session yet; open the page, or GET /api/capabilities")
  )
}

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
