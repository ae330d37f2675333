/// Every number that bounds what a stranger can make the server do.
///
/// One value, given to the parser, the connection and the server, so that tests can shorten any of them.
public struct HTTPLimits: Equatable, Sendable {
  /// Bytes of the request line, without its CRLF; more is 414.
  public var requestLine = 8 * 1024
  /// Bytes of one header line, without its CRLF; more is 431.
  public var headerLine = 8 * 1024
  /// Bytes of all header lines with their CRLFs; more is 431.
  public var headers = 32 * 1024
  /// How many header lines; more is 431.
  public var headerCount = 100
  /// Bytes of chunk extensions and trailers of one request; more is 400.
  public var chunkOverhead = 4 * 1024

  /// From the first byte of a request (or from accept) to the end of its headers; later is 408.
  public var headerDeadline = Duration.seconds(10)
  /// For a body, on top of its size at `bodyBytesPerSecond`; later is 408.
  public var bodyGrace = Duration.seconds(30)
  /// The slowest body that is accepted.
  public var bodyBytesPerSecond = 16 * 1024
  /// Between two reads of a body; later is 408.
  public var bodyIdle = Duration.seconds(15)
  /// Bytes of bodies that all connections together hold in memory; more is 503.
  public var bodiesInMemory = 256 * 1024 * 1024
  /// Of these, bytes that only short bodies may take, so that uploads never keep a job from being sent.
  public var bodiesInMemoryForShort = 64 * 1024 * 1024
  /// What a body may have at most on its route to be short.
  public var shortBody = 64 * 1024
  /// Between two requests of a connection; later is a silent close.
  public var keepAlive = Duration.seconds(15)
  /// Requests a connection may make before it is closed.
  public var requestsPerConnection = 1000
  /// How long a response may go on without the peer taking a byte.
  public var writeProgress = Duration.seconds(30)
  /// Bytes that are read and dropped after a refusal, so that the peer sees the answer before the close.
  public var drainBytes = 64 * 1024
  /// How long is spent on that.
  public var drainTime = Duration.seconds(1)

  /// Connections at once; more is 503.
  ///
  /// Also bounded by the descriptors the system grants, less `descriptorReserve`.
  public var connections = 12_000
  /// Connections at once from one address that is not loopback; more is 429.
  public var connectionsPerAddress = 256
  /// Descriptors kept for files, the database and workers.
  public var descriptorReserve = 64
  /// What `Retry-After` says in a 503 or 429 at the door.
  public var retryAfter = Duration.seconds(2)
  /// How long running requests may go on after a shutdown was asked for.
  public var shutdownGrace = Duration.seconds(20)

  /// The limits of WebSocket connections.
  public var webSocket = WebSocketLimits()

  /// The limits of the specification.
  public init() {}
}
