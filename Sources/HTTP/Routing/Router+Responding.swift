internal import HTTPTypes

extension Router {
  /// What is to be done with a request: see `Responder`.
  public nonisolated(nonsending) func plan(for head: RequestHead) async -> RequestPlan {
    do {
      try policy.screen(head)
      return try await route(head)
    } catch {
      return .answer(finished(refusal(for: error, head).response, head))
    }
  }

  /// Answers what needs no waiting: see `Responder`.
  ///
  /// Whatever is out of the ordinary is left to `plan`, which sees the request as if this had not.
  public var answersAtOnce: @Sendable (RequestHead) -> Response? {
    let page = fallback.flatMap { quick($0.respond, $0.audience) }
    let table = table
    return { head in
      guard head.framing == .none, head.target != .asterisk else { return nil }
      switch table.find(head.method, head.target.segments) {
      case .otherMethod: return nil
      case .route(let entry, _): return entry.quick?(head)
      case .nothing: return page?(head)
      }
    }
  }

  /// What answers an audience's requests where nothing has to be waited for; nil where that is never so.
  ///
  /// It knows nothing of audiences and identities, for the table's reason.
  func quick(_ handler: @escaping QuickHandler, _ audience: Audience) -> RouteTable.Quick? {
    guard let admits = policy.admits(audience) else { return nil }
    let (screen, decorate) = (policy.screen, policy.decorate)
    return { head in
      do {
        try screen(head)
      } catch {
        return nil  // Said by `plan`, which screens again.
      }
      guard admits(head), var response = handler(head) else { return nil }
      decorate(&response, head)
      return response
    }
  }

  /// The response to a request, as the server would give it; for tests that need no socket.
  public func respond(to request: Request) async -> Response {
    var request = request
    if request.head.framing == .none, !request.body.isEmpty {
      request.head.framing = .length(request.body.count)
    }
    switch await plan(for: request.head) {
    case .answer(let response): return response
    case .collect(let limit, let respond):
      if request.body.count > limit {
        return finished(HTTPError.bodyTooLarge(limit: limit).response, request.head)
      }
      return await respond(request)
    case .stream(let limit, let sink):
      do {
        if request.body.count > limit { throw HTTPError.bodyTooLarge(limit: limit) }
        try await sink.write(request.body)
        return try await sink.finish()
      } catch {
        await sink.abandon()
        return finished(refusal(for: error, request.head).response, request.head)
      }
    }
  }

  // MARK: - Finding

  private nonisolated(nonsending) func route(_ head: RequestHead) async throws -> RequestPlan {
    if head.target == .asterisk { return .answer(finished(Response(.noContent), head)) }
    switch table.find(head.method, head.target.segments) {
    case .route(let entry, let parameters): return try await entry.plan(head, parameters)
    case .otherMethod(let methods): return .answer(finished(otherMethod(head, allowed: methods), head))
    case .nothing: return .answer(finished(try await fallbackResponse(head), head))
    }
  }

  /// What plans the requests of a route: who asks, then what its action needs.
  func planner(of route: Route) -> RouteTable.Planner {
    let policy = policy
    let audience = route.audience
    switch route.action {
    case .collect(let limit, let handler):
      return { head, parameters in
        let context = Context(identity: try await policy.authorize(head, audience), matched: parameters)
        try checkLength(head, limit)
        return .collect(limit: limit) { request in await policy.run(handler, request, context) }
      }
    case .stream(let limit, let handler):
      return { head, parameters in
        let context = Context(identity: try await policy.authorize(head, audience), matched: parameters)
        try checkLength(head, limit)
        let sink = try await handler(head, context)
        return .stream(limit: limit, sink: TranslatingSink(sink: sink, policy: policy, head: head))
      }
    }
  }

  private func otherMethod(_ head: RequestHead, allowed: [HTTPRequest.Method]) -> Response {
    var names = Set(allowed.map(\.rawValue))
    names.insert("OPTIONS")
    if names.contains("GET") { names.insert("HEAD") }
    return .otherMethod(head.method, allow: names.sorted().joined(separator: ", "))
  }

  private nonisolated(nonsending) func fallbackResponse(_ head: RequestHead) async throws -> Response {
    guard let fallback else { throw HTTPError.notFound }
    _ = try await policy.authorize(head, fallback.audience)
    guard let response = fallback.respond(head) else { throw HTTPError.notFound }
    return response
  }

  // MARK: - Finishing

  private func finished(_ response: Response, _ head: RequestHead) -> Response {
    policy.finished(response, head)
  }

  private func refusal(for error: any Error, _ head: RequestHead) -> HTTPError {
    policy.refusal(for: error, head)
  }
}

extension Router.Policy {
  fileprivate func finished(_ response: Response, _ head: RequestHead) -> Response {
    var response = response
    decorate(&response, head)
    return response
  }

  fileprivate func refusal(for error: any Error, _ head: RequestHead) -> HTTPError {
    if let error = error as? HTTPError { return error }
    if let error = translate(error) { return error }
    report(error, head)
    return .internalError(id: head.id)
  }

  fileprivate func run(
    _ handler: Router.Handler, _ request: Request, _ context: Router.Context
  ) async -> Response {
    do {
      return finished(try await handler(request, context), request.head)
    } catch {
      return finished(refusal(for: error, request.head).response, request.head)
    }
  }
}

/// Refuses a body that says it is larger than its route allows.
private func checkLength(_ head: RequestHead, _ limit: Int) throws(HTTPError) {
  if case .length(let length) = head.framing, length > limit { throw .bodyTooLarge(limit: limit) }
}

/// Gives a sink's errors and responses the form that all others have.
private struct TranslatingSink<Audience: Sendable, Identity: Sendable>: BodySink {
  let sink: any BodySink
  let policy: Router<Audience, Identity>.Policy
  let head: RequestHead

  func write(_ bytes: [UInt8]) async throws {
    do { try await sink.write(bytes) } catch { throw policy.refusal(for: error, head) }
  }

  func finish() async throws -> Response {
    do {
      return policy.finished(try await sink.finish(), head)
    } catch {
      return policy.finished(policy.refusal(for: error, head).response, head)
    }
  }

  func abandon() async {
    await sink.abandon()
  }
}
