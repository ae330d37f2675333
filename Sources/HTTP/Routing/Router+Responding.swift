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
    let candidates = routes(of: head.target.segments).compactMap { route in
      route.pattern.match(head.target.segments).map { (route: route, parameters: $0) }
    }
    let method = head.method == .head ? .get : head.method
    // HEAD is GET without the body, unless it has a route of its own.
    let matching = candidates.filter { $0.route.method == head.method || $0.route.method == method }
    let best = matching.max { one, two in
      (one.route.pattern.literalCount, one.route.method == head.method ? 1 : 0)
        < (two.route.pattern.literalCount, two.route.method == head.method ? 1 : 0)
    }
    if let best { return try await plan(best.route, best.parameters, head) }
    guard candidates.isEmpty else {
      return .answer(finished(otherMethod(head, allowed: candidates.map(\.route.method)), head))
    }
    return .answer(finished(try await fallbackResponse(head), head))
  }

  private nonisolated(nonsending) func plan(
    _ route: Route, _ parameters: PathParameters, _ head: RequestHead
  ) async throws -> RequestPlan {
    let identity = try await policy.authorize(head, route.audience)
    let context = Context(identity: identity, matched: parameters)
    switch route.action {
    case .immediate(let handler):
      guard head.framing == .none else { throw HTTPError.bodyTooLarge(limit: 0) }
      return .answer(finished(try await handler(Request(head), context), head))
    case .collect(let limit, let handler):
      if case .length(let length) = head.framing, length > limit {
        throw HTTPError.bodyTooLarge(limit: limit)
      }
      return .collect(limit: limit) { request in await self.run(handler, request, context) }
    case .stream(let limit, let handler):
      if case .length(let length) = head.framing, length > limit {
        throw HTTPError.bodyTooLarge(limit: limit)
      }
      let sink = try await handler(head, context)
      return .stream(limit: limit, sink: TranslatingSink(sink: sink, router: self, head: head))
    }
  }

  private func run(_ handler: Handler, _ request: Request, _ context: Context) async -> Response {
    do {
      return finished(try await handler(request, context), request.head)
    } catch {
      return finished(refusal(for: error, request.head).response, request.head)
    }
  }

  private func otherMethod(_ head: RequestHead, allowed: [HTTPRequest.Method]) -> Response {
    var names = Set(allowed.map(\.rawValue))
    names.insert("OPTIONS")
    if names.contains("GET") { names.insert("HEAD") }
    let allow = names.sorted().joined(separator: ", ")
    if head.method == .options { return Response(.noContent, headers: [.allow: allow]) }
    return HTTPError(
      .methodNotAllowed, "method_not_allowed", "expected one of \(allow)", headers: [.allow: allow]
    ).response
  }

  private nonisolated(nonsending) func fallbackResponse(_ head: RequestHead) async throws -> Response {
    guard let fallback else { throw HTTPError.notFound }
    _ = try await policy.authorize(head, fallback.audience)
    guard let response = fallback.respond(head) else { throw HTTPError.notFound }
    return response
  }

  // MARK: - Finishing

  func finished(_ response: Response, _ head: RequestHead) -> Response {
    var response = response
    policy.decorate(&response, head)
    return response
  }

  func refusal(for error: any Error, _ head: RequestHead) -> HTTPError {
    if let error = error as? HTTPError { return error }
    if let error = policy.translate(error) { return error }
    policy.report(error, head)
    return .internalError(id: head.id)
  }
}

/// Gives a sink's errors and responses the form that all others have.
private struct TranslatingSink<Audience: Sendable, Identity: Sendable>: BodySink {
  let sink: any BodySink
  let router: Router<Audience, Identity>
  let head: RequestHead

  func write(_ bytes: [UInt8]) async throws {
    do { try await sink.write(bytes) } catch { throw router.refusal(for: error, head) }
  }

  func finish() async throws -> Response {
    do {
      return router.finished(try await sink.finish(), head)
    } catch {
      return router.finished(router.refusal(for: error, head).response, head)
    }
  }

  func abandon() async {
    await sink.abandon()
  }
}
