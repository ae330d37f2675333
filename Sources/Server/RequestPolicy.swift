import Generation
import HTTP
import HTTPTypes
import JobQueue
import Logging

/// What holds for every request whatever its route: host, origin, content type, identity, headers.
struct RequestPolicy: Sendable {
  private let services: Services
  private let hosts: HostAllowList
  private let proxies: ProxyTrust

  init(_ services: Services) {
    self.services = services
    hosts = HostAllowList(
      listen: services.configuration.listen, hostNames: services.configuration.hostNames)
    proxies = ProxyTrust(services.configuration.trustedProxies)
  }

  /// The decisions in the router's form.
  var policy: AppRouter.Policy {
    AppRouter.Policy(
      screen: { try screen($0) },
      authorize: { try await authorize($0, $1) },
      admits: { $0 == .anyone ? Self.isOpenToAll : nil },
      translate: { translate($0) },
      decorate: { decorate(&$0, $1) },
      report: { report($0, $1) })
  }

  // MARK: - Before the route

  private func screen(_ head: RequestHead) throws {
    guard hosts.allows(head.authority) else {
      throw APIError(
        status: 421,
        error: UserError(
          code: "unknown_host",
          message: "this server does not answer to that host name; start it with --host-name to allow it"))
    }
    let isSocket = head.headers.contains(.upgrade)
    let changes = head.method != .get && head.method != .head && head.method != .options
    guard changes || isSocket else { return }
    guard OriginCheck.passes(head.headers, host: head.authority, isSecure: proxies.visit(head).isSecure)
    else {
      throw APIError(
        status: 403,
        error: UserError(
          code: "foreign_origin", message: "the request comes from another site's page"))
    }
  }

  /// A form of another site cannot send these types without asking first.
  private func checkContentType(_ head: RequestHead) throws(APIError) {
    guard head.method == .post || head.method == .put || head.method == .patch else { return }
    // Nothing is inflated here: what comes is as long as it says.
    if let coding = head.headers[.contentEncoding], coding.lowercased() != "identity" {
      throw APIError(
        status: 415,
        error: UserError(
          code: "unsupported_content_encoding", message: "expected a body without Content-Encoding"))
    }
    let given = head.headers[.contentType] ?? ""
    let type = given.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    let isUpload = head.target.segments == ["api", "uploads"]
    let isRight = isUpload ? type.hasPrefix("image/") : type == "application/json"
    guard isRight else {
      throw APIError(
        status: 415,
        error: UserError(
          code: "unsupported_media_type",
          message:
            "expected Content-Type \(isUpload ? "image/png, image/jpeg or image/webp" : "application/json")"
        ))
    }
  }

  /// Who only wants a file of the page, or to know whether the server lives, need not be looked up.
  private static let isOpenToAll: @Sendable (RequestHead) -> Bool = { $0.target.segments.first != "api" }

  private nonisolated(nonsending) func authorize(_ head: RequestHead, _ audience: Audience) async throws
    -> Caller
  {
    let visit = proxies.visit(head)
    if audience == .anyone, Self.isOpenToAll(head) { return Caller(visit: visit) }
    // Not before it is known that there is such a route: 404 and 405 say more.
    try checkContentType(head)
    var caller = try await services.authenticator.caller(visit)
    let access = services.configuration.access
    switch audience {
    case .anyone: return caller
    case .visitor where access != .accounts: return caller
    case .newcomer:
      if caller.user == nil, let made = services.authenticator.newUser(visit) {
        caller = Caller(user: made.user, cookie: made.cookie, visit: visit)
      }
    case .account where access != .accounts && caller.account == nil: throw APIError.noAccounts
    case .visitor, .user, .account, .admin: break
    }
    _ = try caller.requireUser()
    try check(caller, audience, head)
    return caller
  }

  /// Whether a known caller may do this.
  private func check(_ caller: Caller, _ audience: Audience, _ head: RequestHead) throws(APIError) {
    if audience == .admin, caller.role != .admin { throw .adminOnly }
    guard let scopes = caller.scopes else { return }
    if audience == .account { throw .sessionOnly }
    let reads = head.method == .get || head.method == .head
    let needed: TokenScope = audience == .admin ? .admin : reads ? .read : .submit
    guard scopes.contains(needed) else { throw .missingScope(needed.rawValue) }
  }

  // MARK: - After the route

  /// Refusals of every target in the one shape that clients know.
  private func translate(_ error: any Error) -> HTTPError? {
    switch error {
    case let error as APIError: return httpError(error)
    case JobQueueError.tooManyJobs(let limit):
      return httpError(
        APIError(
          status: 429,
          error: UserError(
            code: "too_many_jobs",
            message: "you have \(limit) unfinished jobs, the most allowed; wait until one has finished"),
          retryAfterSeconds: 10))
    case JobQueueError.queueFull(let limit):
      return httpError(
        APIError(
          status: 503,
          error: UserError(
            code: "queue_full", message: "\(limit) jobs wait already, the most allowed; try again later"),
          retryAfterSeconds: 30))
    case JobQueueError.diskFull, ImageStoreError.full:
      return httpError(
        APIError(status: 507, error: UserError(code: "disk_full", message: "the server's disk is full")))
    case JobQueueError.busy:
      // With one connection and the folder's lock nobody else should be there.
      services.logger.error("another program holds the database")
      return httpError(
        APIError(
          status: 503, error: UserError(code: "busy", message: "the database is busy; try again"),
          retryAfterSeconds: 2))
    case JobQueueError.damaged:
      return httpError(
        APIError(
          status: 503,
          error: UserError(
            code: "damaged",
            message: "the server's database is damaged: what it has can be seen, nothing new is taken")))
    default: return nil
    }
  }

  private func httpError(_ error: APIError) -> HTTPError {
    services.metrics.count("atelier_refusals_total{code=\"\(error.error.code)\"}")
    var headers = HTTPFields()
    if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
    headers[.cacheControl] = "no-store"
    // RFC 9110 section 15.5.2: a 401 names a way to be known; a password goes through the page.
    if error.status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"atelier\"" }
    return HTTPError(
      HTTPResponse.Status(integerLiteral: error.status), error.error.code, error.error.message,
      field: error.error.field, headers: headers)
  }

  private func decorate(_ response: inout Response, _ head: RequestHead) {
    services.metrics.countResponse(response.status.code)
    if isStart(head.target.segments), head.method == .get, response.status.code < 400,
      let cookie = services.authenticator.newCookie(proxies.visit(head))
    {
      // Made of our own characters alone: it can be written.
      try? response.append(HTTPField(name: .setCookie, value: cookie))
      // Or a cache between us and many people might keep one's cookie with the page (RFC 9111 section 7.3).
      try? response.append(HTTPField(name: .cacheControl, value: "private"))
    }
    SecurityHeaders.apply(to: &response)
  }

  /// Only where a page starts from, so that its first requests, sent at once, do not each make a user.
  private func isStart(_ path: [String]) -> Bool {
    switch path.count {
    case 0: true
    case 1: path[0] == "index.html"
    case 2: path[0] == "api" && path[1] == "capabilities"
    default: false
    }
  }

  private func report(_ error: any Error, _ head: RequestHead) {
    services.logger.error(
      "request failed",
      metadata: [
        "request": "\(head.id)", "method": "\(head.method.rawValue)", "error": "\(error)",
        "path": "\(head.target.segments.first ?? "")/\(head.target.segments.dropFirst().first ?? "")",
      ])
  }
}
