import Generation

/// The attempt that seeds are about.
enum JobAttemptSeed {
  static let attempt = JobAttempt(job: 7, attempt: 1)
}
