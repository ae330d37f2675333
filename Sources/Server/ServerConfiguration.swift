public import JobQueue
public import Sockets

/// Everything the server is told when it starts.
public struct ServerConfiguration: Sendable {
  /// Which of several waiting users is served next.
  public enum Fairness: String, Sendable, CaseIterable {
    /// Users in turn, first in first out within a user.
    case roundRobin = "round-robin"
    /// First in first out over all users.
    case fifo
  }

  /// The folder that holds jobs, pictures and secrets; made when it is missing.
  public var dataFolder: String
  /// The address of the page.
  public var listen = "127.0.0.1"
  /// The port of the page; 0 lets the system choose.
  public var port: UInt16 = 3000
  /// Who may use the server.
  public var access = AccessMode.single
  /// Names by which people reach this host, besides `localhost` and the address listened on.
  public var hostNames: [String] = []
  /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count.
  public var trustedProxies: [SocketAddress] = []
  /// The folder with the page; nil serves the API alone.
  public var publicFolder: String?
  /// The address workers connect to.
  public var workerListen = "127.0.0.1"
  /// The port workers connect to; 0 lets the system choose.
  public var workerPort: UInt16 = 3001
  /// A file to write the worker port to once everything listens.
  public var workerPortFile: String?
  /// Which of several waiting users is served next.
  public var fairness = Fairness.roundRobin
  /// How long users' pictures are kept; for ever unless told otherwise.
  public var retention = RetentionPolicy()
  /// Every limit and deadline.
  public var limits = ServerLimits()
  /// Whether `/debug/echo` is there, for tests of WebSockets from outside.
  public var debugRoutes = false
  /// A text hidden in every picture, whatever its request says; nil leaves it to requests.
  public var watermark: String?
  /// Whether models' safety checkers look at pictures.
  public var safetyChecker = true
  /// Seconds a stop waits for the running job.
  public var drainSeconds = 20
  /// Makes a configuration with the defaults.
  public init(dataFolder: String) { self.dataFolder = dataFolder }

  /// Refuses what would expose a server to others by accident.
  func check() throws(ServerError) {
    guard isLoopback(listen) || access != .single else { throw .notLoopback(listen) }
    guard isLoopback(workerListen) else { throw .workerNotLoopback(workerListen) }
    if let publicFolder, PublicFolder.contains(dataFolder, in: publicFolder) {
      throw .dataInPublic(data: dataFolder, page: publicFolder)
    }
  }

  /// Whether the page is open to other hosts.
  var isPublic: Bool { !isLoopback(listen) }

  private func isLoopback(_ address: String) -> Bool {
    (try? SocketAddress(host: address == "localhost" ? "127.0.0.1" : address, port: 0))?.isLoopback ?? false
  }
}
