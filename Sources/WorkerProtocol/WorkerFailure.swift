public import Generation

/// Why an attempt failed and whether another attempt may do better.
public struct WorkerFailure: Codable, Equatable, Sendable {
  /// What the job's owner may read.
  public var error: UserError
  /// True for trouble of the worker, false for trouble of the request.
  public var retryable: Bool

  /// Makes a failure.
  public init(_ error: UserError, retryable: Bool) {
    self.error = error
    self.retryable = retryable
  }
}
