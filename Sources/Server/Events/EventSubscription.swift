import Generation
import Synchronization

/// What one connected client has still to be told.
///
/// Nothing durable is kept here: "there is news" is a flag, and the news is read from the database
/// when the client can take it. Progress keeps its latest value only. So a slow client costs a few
/// kilobytes, is never skipped an event, and nobody waits for it.
final class EventSubscription: Sendable {
  /// News to be told now.
  struct Batch: Hashable, Sendable {
    /// Whether the database has events after the client's last one.
    var hasEvents = false
    /// Latest progress by job, in the order the jobs first reported.
    var progress: [ProgressNews] = []
    /// Latest counts, when they changed.
    var queue: QueueCounts?

    var isEmpty: Bool { self == Batch() }
  }

  private struct State: Sendable {
    var batch = Batch()
    var closeCode: UInt16?
    var credential: Caller.Credential?
    var told: [JobID: Int] = [:]
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// Whose events these are.
  let user: UserID
  private let state = Mutex(State())

  init(user: UserID, credential: Caller.Credential? = nil) {
    self.user = user
    state.withLock { $0.credential = credential }
  }

  /// What let the client in; nil where nobody can be shut out.
  var credential: Caller.Credential? {
    get { state.withLock { $0.credential } }
    set { state.withLock { $0.credential = newValue } }
  }

  /// The code to close the client's socket with, once it is to be closed.
  var closeCode: UInt16? { state.withLock { $0.closeCode } }

  /// Waits for news; nil when the subscription has ended or the task is cancelled.
  func next() async -> Batch? {
    while !Task.isCancelled {
      let (batch, ended) = state.withLock { state in
        defer { state.batch = Batch() }
        return (state.batch, state.closeCode != nil)
      }
      if ended { return nil }
      if !batch.isEmpty { return batch }
      await wait()
    }
    return nil
  }

  /// Says that the database has new events of this user.
  func noteEvents() { change { $0.batch.hasEvents = true } }

  /// Replaces a job's progress; a preview not sent yet stays when the newer news has none.
  func note(_ news: ProgressNews) {
    change { state in
      guard let index = state.batch.progress.firstIndex(where: { $0.job == news.job }) else {
        state.batch.progress.append(news)
        return
      }
      var latest = news
      if latest.preview.isEmpty { latest.preview = state.batch.progress[index].preview }
      state.batch.progress[index] = latest
    }
  }

  /// Replaces the counts.
  func note(_ counts: QueueCounts) { change { $0.batch.queue = counts } }

  /// Ends the subscription; the first code stays.
  func end(_ closeCode: UInt16) { change { $0.closeCode = $0.closeCode ?? closeCode } }

  /// Remembers which place in the queue the client was told; nil when the job waits no more.
  func told(_ job: JobID, position: Int?) { state.withLock { $0.told[job] = position } }

  /// Which of these places differ from what the client was told; jobs it was told nothing of are left
  /// out, because the event that tells of them is under way.
  func outdated(_ places: [JobID: Int]) -> Set<JobID> {
    state.withLock { state in
      Set(
        places.compactMap { job, position in
          guard let told = state.told[job], told != position else { return nil }
          return job
        })
    }
  }

  private func change(_ body: (inout sending State) -> Void) {
    let waiter = state.withLock { state in
      body(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Suspends until something changed; one task waits at a time.
  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = state.withLock { state in
          if Task.isCancelled || !state.batch.isEmpty || state.closeCode != nil { return true }
          state.waiter = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }
  }
}
