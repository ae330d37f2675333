/// What is to be done with a request, decided from its head before its body is read.
public enum RequestPlan: Sendable {
  /// Answer now. A body that the client still sends is refused with the connection.
  case answer(Response)
  /// Read the body, at most `limit` bytes, then call `respond`.
  case collect(limit: Int, respond: @Sendable (Request) async -> Response)
  /// Hand the body to a sink while it arrives, at most `limit` bytes.
  case stream(limit: Int, sink: any BodySink)
}

/// Takes a body while it arrives.
public protocol BodySink: Sendable {
  /// Takes a part, in order; nothing is read from the client until it returns.
  ///
  /// Throws `HTTPError` to refuse the rest.
  func write(_ bytes: [UInt8]) async throws
  /// The body is whole: answer.
  func finish() async throws -> Response
  /// The body will not be whole: let go of what was taken.
  func abandon() async
}

/// Decides about requests; `Router` is the one in use.
public protocol Responder: Sendable {
  /// What is to be done with a request.
  ///
  /// Runs on the event loop, so that a file of the page costs no change of threads: it computes little and waits
  /// for nothing but what hops away by itself.
  nonisolated(nonsending) func plan(for head: RequestHead) async -> RequestPlan
  /// Gives the whole response, if nothing has to be waited for and nothing is wrong with the request; else nil, and
  /// `plan` decides.
  ///
  /// Asked for once; runs on the event loop, within the event that told of the request. The body is none or bytes
  /// in memory.
  var answersAtOnce: @Sendable (RequestHead) -> Response? { get }
}

extension Responder {
  /// Nothing is answered at once unless a responder says so.
  public var answersAtOnce: @Sendable (RequestHead) -> Response? { { _ in nil } }
}
