import Generation
import JobQueue

/// Tells one client everything it may know, in order, at the client's own pace.
struct EventStream: Sendable {
  /// Events read from the database at a time.
  private static let batch = 64

  let services: Services
  let client: EventSubscription
  /// Sends one message, waiting while the client does not take it.
  let send: @Sendable (String) async throws -> Void

  /// Sends the snapshot and the events after `since`; then `tell` sends whatever happens.
  ///
  /// The client was subscribed before this reads the database, so nothing falls between.
  func begin(since: Int64?) async throws {
    client.cursor = try await sendEvents(after: try await sendSnapshot(since))
  }

  /// Sends what there is to tell, until that is nothing or the client is to go.
  func tell() async throws {
    while let news = client.next() {
      if news.hasEvents { client.cursor = try await sendEvents(after: client.cursor) }
      for progress in news.progress { try await send(.progress(progress)) }
      if let queue = news.queue { try await send(.queue(queue)) }
    }
  }

  /// Sends the caller's unfinished jobs, oldest first; returns the number of the last event known.
  private func sendSnapshot(_ since: Int64?) async throws -> Int64 {
    let last = try await services.store.lastSequence(owner: client.user)
    let open = try await services.store.jobs(owner: client.user, page: .open)
    let jobs = try await services.documents(open.reversed())
    var gap = false
    if let since, case .gap = try await services.store.events(owner: client.user, since: since, limit: 1) {
      gap = true
    }
    try await send(.snapshot(sequence: last, jobs: jobs, gap: gap))
    for job in jobs { services.hub.told(client, job.record.id, position: job.position) }
    return gap ? last : since ?? last
  }

  private func sendEvents(after start: Int64) async throws -> Int64 {
    var cursor = start
    while true {
      let replay = try await services.store.events(
        owner: client.user, since: cursor, limit: Self.batch)
      guard case .events(let events) = replay else {
        // Trimmed while the client was slow: it is told where things stand now instead.
        return try await sendSnapshot(cursor)
      }
      let documents = try await documents(for: events)
      for event in events {
        guard let document = documents[event.sequence] else { continue }
        if case .image = event.kind { Failpoint.eventUnsent.reach() }
        try await send(document)
      }
      cursor = events.last?.sequence ?? cursor
      if events.count < Self.batch { return cursor }
    }
  }

  /// What each event says, with every job as it is now: a state told late is told as it became.
  private func documents(for events: [QueueEvent]) async throws -> [Int64: EventDocument] {
    let jobs = try await jobs(in: events)
    var documents: [Int64: EventDocument] = [:]
    for event in events {
      let id = event.kind.job
      guard let job = jobs[id] else { continue }
      if case .image(let image, _) = event.kind,
        let record = job.record.images.first(where: { $0.id == image })
      {
        documents[event.sequence] = .image(sequence: event.sequence, job: id, ImageDocument(record))
      } else {
        documents[event.sequence] = .job(sequence: event.sequence, job)
      }
    }
    return documents
  }

  private func jobs(in events: [QueueEvent]) async throws -> [JobID: JobDocument] {
    var records: [JobRecord] = []
    for id in Set(events.map(\.kind.job)) {
      if let record = try await services.store.job(id, owner: client.user) { records.append(record) }
    }
    var jobs: [JobID: JobDocument] = [:]
    for document in try await services.documents(records) {
      jobs[document.record.id] = document
      services.hub.told(client, document.record.id, position: document.position)
    }
    return jobs
  }

  private func send(_ document: EventDocument) async throws {
    try await send(String(decoding: try JSONText.encode(document), as: UTF8.self))
  }
}

extension QueueEvent.Kind {
  /// The job it is about.
  var job: JobID {
    switch self {
    case .job(let id, _): id
    case .image(_, let job), .imageDeleted(_, let job): job
    }
  }
}
