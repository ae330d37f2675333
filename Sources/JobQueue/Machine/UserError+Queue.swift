import Generation

extension UserError {
  /// The job took workers down and is not tried again.
  static let poison = UserError(
    code: "poison", message: "the worker stopped twice while working on this job; it is not tried again")
  /// The worker went away and no attempt is left.
  static let workerLost = UserError(
    code: "worker_lost", message: "the worker was lost each time this job was tried")
  /// The attempts took too long and none is left.
  static let timedOut = UserError(
    code: "timeout", message: "the worker made no progress in time each time this job was tried")
  /// Workers stopped it unasked and no attempt is left.
  static let stopped = UserError(
    code: "worker_stopped", message: "the worker stopped each time this job was tried")

  /// The job waited for a model that went away.
  static func modelMissing(_ name: String) -> UserError {
    UserError(
      code: "model_missing", message: "the model '\(name)' is no longer on any worker", field: "model")
  }
}
