import FoundationEssentials
import Generation
import JobQueue

/// Measures jobs when they end: how long they waited and ran, and why they failed.
///
/// What it cannot keep up with is left out; measuring must never hold up the queue.
final class JobMeter: Sendable {
  private let ended: AsyncStream<QueueEvent>
  private let end: AsyncStream<QueueEvent>.Continuation

  init() {
    (ended, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024))
  }

  /// Takes the events of a commit; never waits.
  func committed(_ events: [QueueEvent]) {
    for event in events {
      if case .job(_, let state) = event.kind, state.isTerminal { end.yield(event) }
    }
  }

  /// Measures until the task is cancelled.
  func run(_ store: any JobStore, _ metrics: ServerMetrics) async throws {
    for await event in ended {
      guard let job = try await store.job(event.kind.job, owner: event.owner) else { continue }
      metrics.count("atelier_jobs_ended_total{state=\"\(job.state.rawValue)\"}")
      metrics.count("atelier_images_total", by: job.images.count)
      if let code = job.error?.code { metrics.count("atelier_job_errors_total{code=\"\(label(code))\"}") }
      guard let started = job.startedAt else { continue }
      metrics.observe("atelier_job_wait_seconds", seconds: started.timeIntervalSince(job.createdAt))
      if let finished = job.finishedAt {
        metrics.observe("atelier_job_run_seconds", seconds: finished.timeIntervalSince(started))
      }
    }
  }

  /// A worker's words are not ours: only the letters of a code get into a label.
  private func label(_ code: String) -> String {
    let isCode = code.utf8.count <= 40 && code.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
    return isCode ? code : "other"
  }
}
