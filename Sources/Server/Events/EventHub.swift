public import Generation
import JobQueue
import Synchronization

/// Hands what happens to the clients that may hear of it.
///
/// It keeps no durable event: those are in the database, and a client is only told that there are some.
/// No call waits for a client; the database's thread and the worker links may call it at any rate.
public final class EventHub: Sendable {
  /// Between two looks at the queue.
  private static let pause = Duration.milliseconds(50)

  private struct State: Sendable {
    var clients: [UserID: [EventSubscription]] = [:]
    var progress: [JobID: GenerationProgress] = [:]
    var places: [JobID: Int] = [:]
    var counts = QueueCounts()
    var isClosed = false
  }

  private let clientsPerUser: Int
  private let state = Mutex(State())
  private let changes: AsyncStream<Void>
  private let change: AsyncStream<Void>.Continuation

  /// Makes a hub without clients.
  ///
  /// - Parameter clientsPerUser: most clients of one user; one more closes the oldest with 4008.
  public init(clientsPerUser: Int = ServerLimits().socketsPerUser) {
    self.clientsPerUser = clientsPerUser
    (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: - News

  /// A worker reported progress, with a small picture if `preview` is not empty: told to the owner alone.
  ///
  /// The owner comes from the job's row, never from a connection.
  public func report(
    _ progress: GenerationProgress, preview: [UInt8] = [], job: JobID, owner: UserID
  ) {
    let clients = state.withLock { state in
      state.progress[job] = progress
      return state.clients[owner] ?? []
    }
    let news = ProgressNews(job: job, progress: progress, preview: preview)
    for client in clients { client.note(news) }
  }

  /// Events were committed: the store's observer.
  func committed(_ events: [QueueEvent]) {
    let clients = state.withLock { state in
      for case .job(let job, let jobState) in events.map(\.kind) where jobState != .running {
        state.progress[job] = nil
      }
      return Set(events.map(\.owner)).flatMap { state.clients[$0] ?? [] }
    }
    for client in clients { client.noteEvents() }
    noteQueueChange()
  }

  /// The queue, or the workers that serve it, changed: places and counts are to be looked at.
  func noteQueueChange() { change.yield() }

  /// The newest progress of a running job.
  func progress(of job: JobID) -> GenerationProgress? { state.withLock { $0.progress[job] } }

  /// How many clients listen.
  var clientCount: Int { state.withLock { $0.clients.values.reduce(0) { $0 + $1.count } } }

  // MARK: - Clients

  /// The close code of a socket whose session or token is over.
  static let revoked: UInt16 = 4001

  /// Adds a client of `user`, to be ended with what the user was known by.
  func subscribe(_ user: UserID, _ credential: Caller.Credential? = nil) -> EventSubscription {
    let client = EventSubscription(user: user, credential: credential)
    let (oldest, counts, isClosed) = state.withLock { state in
      state.clients[user, default: []].append(client)
      let tooMany = (state.clients[user]?.count ?? 0) > clientsPerUser
      return (tooMany ? state.clients[user]?.removeFirst() : nil, state.counts, state.isClosed)
    }
    oldest?.end(4008)
    if isClosed { client.end(1001) } else { client.note(counts) }
    return client
  }

  /// Removes a client.
  func unsubscribe(_ client: EventSubscription) {
    client.whenNews(nil)
    state.withLock { state in
      state.clients[client.user]?.removeAll { $0 === client }
      if state.clients[client.user]?.isEmpty == true { state.clients[client.user] = nil }
    }
  }

  /// A client was told where a job stands; looks again if the queue has moved since.
  func told(_ client: EventSubscription, _ job: JobID, position: Int?) {
    client.told(job, position: position)
    guard let position else { return }
    let newest = state.withLock { $0.places[job] }
    if let newest, newest != position { noteQueueChange() }
  }

  /// What let the clients in, each once.
  var credentials: [Caller.Credential] {
    Array(Set(state.withLock { $0.clients.values.flatMap { $0 } }.compactMap(\.credential)))
  }

  /// Ends every client of a user with 4001.
  func end(_ user: UserID) { end { $0.user == user } }

  /// Ends every client that was let in by this with 4001.
  func end(_ credential: Caller.Credential) { end { $0.credential == credential } }

  /// Ends every client of a user that a session let in; those of `except` are `now` another session's.
  func endSessions(
    of user: UserID, except: Caller.Credential? = nil, now: Caller.Credential? = nil
  ) {
    end { client in
      guard client.user == user, case .session? = client.credential else { return false }
      guard let except, client.credential == except else { return true }
      client.credential = now
      return false
    }
  }

  private func end(where isOver: (EventSubscription) -> Bool) {
    let clients = state.withLock { $0.clients.values.flatMap { $0 } }
    for client in clients where isOver(client) { client.end(Self.revoked) }
  }

  /// Ends every client with 1001: the server stops, or this is a test.
  func close() {
    let clients = state.withLock { state in
      state.isClosed = true
      return state.clients.values.flatMap { $0 }
    }
    for client in clients { client.end(1001) }
    change.finish()
  }

  // MARK: - The queue's movement

  /// Looks at the queue after each change until the task is cancelled or the hub closed: tells
  /// everybody the counts and logs an event for each job whose owner listens and was told another place.
  ///
  /// Changes within `pause` are looked at together: with hundreds of jobs waiting a look is the dearest thing the
  /// database does. And whoever made the change hears of it before everybody else hears the new counts.
  func followQueue(_ store: any JobStore, workers: @Sendable () -> [QueueWorker]) async throws {
    for await _ in changes {
      try await Task.sleep(for: Self.pause)
      let overview = try await store.overview(workers: workers())
      let outdated = noteOverview(overview)
      if !outdated.isEmpty { try await store.announce(outdated) }
    }
  }

  private func noteOverview(_ overview: QueueOverview) -> [JobID] {
    let counts = QueueCounts(waiting: overview.waiting, running: overview.running)
    let places = Dictionary(grouping: overview.places, by: \.owner)
      .mapValues { Dictionary($0.map { ($0.id, $0.position) }, uniquingKeysWith: { $1 }) }
    let (clients, changed) = state.withLock { state in
      state.places = Dictionary(overview.places.map { ($0.id, $0.position) }, uniquingKeysWith: { $1 })
      defer { state.counts = counts }
      return (state.clients, state.counts != counts)
    }
    var outdated: Set<JobID> = []
    for (user, clients) in clients {
      for client in clients {
        if changed { client.note(counts) }
        outdated.formUnion(client.outdated(places[user] ?? [:]))
      }
    }
    return overview.places.map(\.id).filter(outdated.contains)
  }
}
