import Generation
import HTTP
import JobQueue

/// `GET /api/events?since=SEQ`: a WebSocket that tells the caller what happens.
struct FollowEvents: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let since = try since(request.head.target)
    return try Response.webSocket(request.head) { socket in
      try await run(socket, user, context.identity, since)
    }
  }

  private func since(_ target: RequestTarget) throws(APIError) -> Int64? {
    guard let text = target[query: "since"] else { return nil }
    guard let since = Int64(text), since >= 0 else {
      throw .invalid(
        "bad_query", "since must be the number of an event; got '\(JSONValue.shortened(text))'",
        field: "since")
    }
    return since
  }

  /// Tells what there is; a socket with nothing to be told holds no task.
  private func run(
    _ socket: WebSocketConnection, _ user: UserID, _ caller: Caller, _ since: Int64?
  ) async throws {
    let client = services.hub.subscribe(user, caller.credential)
    let stream = EventStream(services: services, client: client) { text in
      // Waits for this client only, and never fills its outbox.
      await socket.waitForRoom()
      try await socket.send(text: text)
    }
    client.whenNews { socket.run { try await tell(stream, $0) } }
    await socket.remainOpen { [hub = services.hub] in hub.unsubscribe(client) }
    // Whoever was shut out before the hub knew this client would not have been found by it.
    if caller.credential != nil, try await services.authenticator.caller(caller.visit).user != user {
      client.end(EventHub.revoked)
    }
    try await stream.begin(since: since)
    try await tell(stream, socket)
  }

  private func tell(_ stream: EventStream, _ socket: WebSocketConnection) async throws {
    try await stream.tell()
    if let code = stream.client.closeCode { await socket.close(WebSocketCloseCode(rawValue: code)) }
  }
}
