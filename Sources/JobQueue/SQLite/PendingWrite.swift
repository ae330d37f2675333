/// A change that waits to be made, with others, in one transaction of the database.
///
/// A sync of the disk costs more than all else a change does; what came while the last one went on shares the next.
struct PendingWrite: Sendable {
  /// What became of a change inside the transaction.
  struct Outcome {
    /// Why it was undone; the others are not.
    var error: (any Error)?
    /// Tells who asked: nil once it is committed, else why nothing was.
    var tell: @Sendable (JobQueueError?) -> Void
  }

  /// Reached between the commit and what follows it.
  var committed: Failpoint?
  /// Makes the change.
  var perform: @Sendable (QueueTransaction) -> Outcome
  /// Tells who asked that it was not even tried.
  var refuse: @Sendable (JobQueueError) -> Void
}
