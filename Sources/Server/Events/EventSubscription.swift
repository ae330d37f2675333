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
    var cursor: Int64 = 0
    /// Somebody is telling the client what there is, and will look again when that is done.
    var isBeingTold = true
    var wake: (@Sendable () -> Void)?

    var hasNews: Bool { closeCode != nil || !batch.isEmpty }
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

  /// The number of the last event the client was told.
  var cursor: Int64 {
    get { state.withLock { $0.cursor } }
    set { state.withLock { $0.cursor = newValue } }
  }

  /// Calls `wake`, on whatever thread the news comes, once there is something to tell and nobody tells it; nil for
  /// nobody.
  ///
  /// Whoever made the subscription tells first, until `next` is nil.
  func whenNews(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }

  /// What is to be told now; nil when that is nothing, and `wake` will be called, or when the client is to go.
  func next() -> Batch? {
    state.withLock { state in
      if state.closeCode != nil { return nil }
      if state.batch.isEmpty {
        state.isBeingTold = false
        return nil
      }
      defer { state.batch = Batch() }
      return state.batch
    }
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
    let wake = state.withLock { state -> (@Sendable () -> Void)? in
      body(&state)
      guard state.hasNews, !state.isBeingTold, let wake = state.wake else { return nil }
      state.isBeingTold = true
      return wake
    }
    wake?()
  }
}
