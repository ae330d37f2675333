import Generation
import JobQueue
import Logging
import WorkerProtocol

extension WorkerSession {
  /// Sends the files a job starts from, before the job; false when the attempt is over instead.
  func sendInputs(of lease: Lease) async throws(JobQueueError) -> Bool {
    for input in lease.request.inputs {
      let file = await storedFile(input.sha256)
      // While the disk was read, the attempt may have been taken back.
      guard held[lease.attempt] != nil, !isEnded else { return false }
      guard let file, !file.isEmpty, file.count <= InputChunk.fileLimit else {
        logger.error("a picture that a job starts from is not stored", metadata: ["job": "\(lease.id)"])
        let error = UserError(
          code: "input_missing", message: "a picture this job starts from is no longer stored",
          field: GenerationRequest.CodingKeys.initImage.rawValue)
        _ = try await parts.store.fail(lease.attempt, error, retryable: false)
        settle(lease.attempt, accepted: false)
        return false
      }
      for chunk in InputChunk.parts(of: file, sha256: input.sha256) { say(.input(lease.attempt, chunk)) }
    }
    return true
  }

  /// An upload's or an earlier picture's bytes, by their hash; nil when neither store has them.
  private func storedFile(_ sha256: String) async -> [UInt8]? {
    for store in [parts.uploads, parts.images] {
      do {
        if let bytes = try await store?.read(sha256) { return bytes }
      } catch {
        logger.error("cannot read a picture", metadata: ["error": "\(error)"])
      }
    }
    return nil
  }

  /// A part of a file went out: over a slow link that takes longer than a lease, and the worker, which does not
  /// know of the job yet, cannot ask for more time.
  func noteSent(_ attempt: JobAttempt) async {
    let now = parts.clock.uptime
    guard let job = held[attempt], now - job.renewedAt >= parts.options.renewal else { return }
    held[attempt]?.renewedAt = now
    // Without it the lease ends and the job is handed out again.
    _ = try? await parts.store.renew(attempt)
  }
}
