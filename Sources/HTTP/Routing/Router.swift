public import HTTPTypes
internal import Logging

/// Finds the handler of a request, having made sure that its sender may ask for it.
///
/// Every route names its audience; there is no way to add one without. `screen` sees every request first (the
/// Host allow list), `authorize` turns the audience into the identity that the handler gets, or throws. Both see
/// the head alone: nobody's body is read before it is known who sends it.
public struct Router<Audience: Sendable, Identity: Sendable>: Responder {
  /// What a handler is told beside the request.
  public typealias Context = RouteContext<Identity>
  /// Answers a request.
  ///
  /// Runs off the event loop. Throws `HTTPError`, or anything `translate` knows.
  public typealias Handler = @Sendable (Request, Context) async throws -> Response
  /// Answers a request on the event loop, if it can without waiting; nil leaves it to the route's handler.
  ///
  /// Only asked where the policy's `admits` lets everybody in, so it is not told who asks.
  public typealias QuickHandler = @Sendable (RequestHead) -> Response?
  /// Opens a sink for a body that is too large to hold.
  public typealias StreamHandler = @Sendable (RequestHead, Context) async throws -> any BodySink

  /// Who asks, if the audience includes them.
  public typealias Authorization =
    nonisolated(nonsending) @Sendable (RequestHead, Audience) async throws -> Identity

  /// The decisions that are the application's.
  public struct Policy: Sendable {
    /// Sees every request first.
    ///
    /// Throws `HTTPError` to refuse it.
    public var screen: @Sendable (RequestHead) throws -> Void
    /// Who asks.
    ///
    /// Runs on the event loop. Throws `HTTPError` (401, 403, 404) when the audience does not include them.
    public var authorize: Authorization
    /// Which requests of an audience need no look at who asks; nil where all do, and `authorize` is asked.
    public var admits: @Sendable (Audience) -> (@Sendable (RequestHead) -> Bool)?
    /// Turns the application's errors into refusals; `nil` for unknown ones, which are logged and answered 500.
    public var translate: @Sendable (any Error) -> HTTPError?
    /// Adds headers to every response.
    public var decorate: @Sendable (inout Response, RequestHead) -> Void
    /// Hears of errors nobody knows, with the request's id; the client gets only the id.
    public var report: @Sendable (any Error, RequestHead) -> Void

    /// A policy that authorises by `authorize`, and otherwise changes nothing.
    public init(
      screen: @escaping @Sendable (RequestHead) throws -> Void = { _ in },
      authorize: @escaping Authorization,
      admits: @escaping @Sendable (Audience) -> (@Sendable (RequestHead) -> Bool)? = { _ in nil },
      translate: @escaping @Sendable (any Error) -> HTTPError? = { _ in nil },
      decorate: @escaping @Sendable (inout Response, RequestHead) -> Void = { _, _ in },
      report: @escaping @Sendable (any Error, RequestHead) -> Void = { _, _ in }
    ) {
      self.screen = screen
      self.authorize = authorize
      self.admits = admits
      self.translate = translate
      self.decorate = decorate
      self.report = report
    }
  }

  enum Action: Sendable {
    case collect(limit: Int, Handler)
    case stream(limit: Int, StreamHandler)
  }

  /// A route as it stands in the table.
  public struct Route: Sendable {
    /// The method.
    public let method: HTTPRequest.Method
    /// The path.
    public let pattern: RoutePattern
    /// Who may ask.
    public let audience: Audience
    let action: Action
  }

  struct Fallback: Sendable {
    let audience: Audience
    let respond: @Sendable (RequestHead) -> Response?
  }

  /// All routes, in the order they were added; a test can go through them.
  public private(set) var routes: [Route] = []
  private(set) var table = RouteTable()
  let policy: Policy
  private(set) var fallback: Fallback?

  /// An empty table.
  public init(policy: Policy) {
    self.policy = policy
  }

  /// Adds a route whose body, at most `bodyLimit` bytes, is collected before the handler is called.
  ///
  /// `path` has literal segments and parameters: `/api/jobs/{id}`. Adding the same route twice traps.
  public mutating func on(
    _ method: HTTPRequest.Method, _ path: String, audience: Audience, bodyLimit: Int = 0,
    _ handler: @escaping Handler
  ) {
    add(method, path, audience, .collect(limit: bodyLimit, handler))
  }

  /// Adds a route whose body, at most `bodyLimit` bytes, goes to a sink while it arrives.
  public mutating func streaming(
    _ method: HTTPRequest.Method, _ path: String, audience: Audience, bodyLimit: Int,
    _ handler: @escaping StreamHandler
  ) {
    add(method, path, audience, .stream(limit: bodyLimit, handler))
  }

  /// Adds a route without a body that `quick` answers where it can, else `handler`.
  public mutating func on(
    _ method: HTTPRequest.Method, _ path: String, audience: Audience, quick: @escaping QuickHandler,
    _ handler: @escaping Handler
  ) {
    add(method, path, audience, .collect(limit: 0, handler), quick)
  }

  /// Serves files at every path that no route matches.
  public mutating func files(_ files: StaticFiles, audience: Audience) {
    precondition(fallback == nil, "static files were added twice")
    fallback = Fallback(audience: audience) { files.response(to: $0) }
  }

  private mutating func add(
    _ method: HTTPRequest.Method, _ path: String, _ audience: Audience, _ action: Action,
    _ quick: QuickHandler? = nil
  ) {
    let pattern = RoutePattern(path)
    precondition(
      !routes.contains { $0.method == method && $0.pattern.isSameShape(as: pattern) },
      "the route \(method) \(path) was added twice")
    let route = Route(method: method, pattern: pattern, audience: audience, action: action)
    routes.append(route)
    table.add(
      RouteTable.Entry(
        method: method, pattern: pattern, plan: planner(of: route),
        quick: quick.flatMap { self.quick($0, audience) }))
  }
}
