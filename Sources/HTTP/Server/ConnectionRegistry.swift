internal import Sockets
internal import Synchronization

/// Which connections are open, how many a peer has, and whether more may come.
final class ConnectionRegistry: Sendable {
  /// What is said to a caller at the door.
  enum Admission: Equatable {
    case admitted(UInt64)
    /// The server is full: 503.
    case full
    /// The peer has too many: 429.
    case tooManyFromPeer
  }

  /// What serves an admitted caller.
  enum Served: Sendable {
    case requests(HTTPConnection)
    case socket(WebSocketConnection)

    /// Finishes what is under way and takes nothing further.
    func shutDown() async {
      switch self {
      case .requests(let connection): await connection.shutDown()
      case .socket(let connection): await connection.close(.goingAway)
      }
    }

    /// Ends at once.
    func abort() async {
      switch self {
      case .requests(let connection): await connection.abort()
      case .socket(let connection): await connection.abort()
      }
    }
  }

  private struct State {
    var lastID: UInt64 = 0
    var peers: [UInt64: SocketAddress] = [:]
    var connections: [UInt64: Served] = [:]
    var counts: [SocketAddress: Int] = [:]
    var isShuttingDown = false
  }

  private let state = Mutex(State())
  private let emptied = Waiter()
  private let limit: Int
  private let limitPerPeer: Int
  private let proxies: Set<SocketAddress>

  /// - Parameter proxies: peers, without their ports, through which many people come.
  init(limit: Int, limitPerPeer: Int, proxies: Set<SocketAddress> = []) {
    self.limit = limit
    self.limitPerPeer = limitPerPeer
    self.proxies = proxies
  }

  /// How many connections are open.
  var count: Int { state.withLock { $0.peers.count } }

  /// Counts a caller in; loopback and proxies have no limit of their own.
  func admit(_ peer: SocketAddress) -> Admission {
    let host = peer.sender
    let isLimited = !peer.isLoopback && !proxies.contains(peer.withoutPort)
    return state.withLock { state in
      if state.peers.count >= limit { return .full }
      if isLimited, state.counts[host, default: 0] >= limitPerPeer { return .tooManyFromPeer }
      state.lastID += 1
      state.peers[state.lastID] = host
      state.counts[host, default: 0] += 1
      return .admitted(state.lastID)
    }
  }

  /// Remembers what serves an admitted caller now.
  ///
  /// Returns whether it must shut down at once.
  func attach(_ connection: Served, to id: UInt64) -> Bool {
    state.withLock { state in
      state.connections[id] = connection
      return state.isShuttingDown
    }
  }

  /// Counts a caller out.
  func remove(_ id: UInt64) {
    let isEmpty = state.withLock { state in
      state.connections[id] = nil
      guard let host = state.peers.removeValue(forKey: id) else { return false }
      let left = state.counts[host, default: 1] - 1
      state.counts[host] = left > 0 ? left : nil
      return state.peers.isEmpty
    }
    if isEmpty { emptied.wake() }
  }

  /// Waits until nobody is here; for one task.
  func waitUntilEmpty() async {
    while count > 0 { await emptied.wait() }
  }

  /// Begins the shutdown.
  ///
  /// Returns the open connections.
  func beginShutdown() -> [Served] {
    state.withLock { state in
      state.isShuttingDown = true
      return Array(state.connections.values)
    }
  }

  /// Ends every connection at once.
  func abortAll() async {
    for connection in beginShutdown() { await connection.abort() }
  }
}
