import GRDB
import Synchronization

extension SQLiteJobStore {
  /// Changes that share one commit at most.
  private static let mostTogether = 64

  /// Makes one change, alone or together with others that wait; observers hear of it after the commit.
  ///
  /// A change that throws is undone and harms none of the others. Nobody is answered before the commit that holds
  /// the change is durable.
  /// - Parameter committed: reached between the two.
  func write<T: Sendable>(
    committed: Failpoint? = nil, _ body: @escaping @Sendable (QueueTransaction) throws -> T
  ) async throws(JobQueueError) -> T {
    if let damage { throw .damaged(detail: damage) }
    let result: Result<T, JobQueueError> = await withCheckedContinuation { continuation in
      let answer: @Sendable (Result<T, JobQueueError>) -> Void = { continuation.resume(returning: $0) }
      let write = PendingWrite(committed: committed) { transaction in
        do {
          let value = try body(transaction)
          return .init { failure in answer(failure.map { .failure($0) } ?? .success(value)) }
        } catch {
          let reason = JobQueueError(error)
          return .init(error: error) { _ in answer(.failure(reason)) }
        }
      } refuse: {
        answer(.failure($0))
      }
      let isFirst = pending.withLock { pending in
        pending.append(write)
        return pending.count == 1
      }
      if isFirst { scheduleWrites() }
    }
    return try result.get()
  }

  private func scheduleWrites() {
    database.asyncWriteWithoutTransaction { db in
      let (batch, isMore) = self.pending.withLock { pending in
        let batch = Array(pending.prefix(Self.mostTogether))
        pending.removeFirst(batch.count)
        return (batch, !pending.isEmpty)
      }
      if isMore { self.scheduleWrites() }
      self.commit(batch, db)
    }
  }

  /// One transaction for all of them, then everybody hears of their own.
  private func commit(_ batch: [PendingWrite], _ db: Database) {
    var made: [(outcome: PendingWrite.Outcome, transaction: QueueTransaction)] = []
    do {
      try db.inTransaction(.immediate) {
        for write in batch {
          let transaction = self.transaction(db)
          let outcome = try perform(write, transaction, isAlone: batch.count == 1)
          made.append((outcome, transaction))
          // Alone it needs no savepoint: the whole transaction is undone.
          if batch.count == 1, let error = outcome.error { throw error }
        }
        return .commit
      }
    } catch {
      let failure = JobQueueError(error)
      for (outcome, _) in made { outcome.tell(failure) }
      for write in batch.dropFirst(made.count) { write.refuse(failure) }
      return
    }
    changes.withLock { $0 += 1 }
    for (write, (outcome, transaction)) in zip(batch, made) {
      if outcome.error == nil {
        write.committed?.reach()
        if !transaction.events.isEmpty { tellObservers(transaction.events) }
      }
      outcome.tell(nil)
    }
  }

  private func perform(
    _ write: PendingWrite, _ transaction: QueueTransaction, isAlone: Bool
  ) throws -> PendingWrite.Outcome {
    if isAlone { return write.perform(transaction) }
    var outcome: PendingWrite.Outcome?
    try transaction.db.inSavepoint {
      let made = write.perform(transaction)
      outcome = made
      return made.error == nil ? .commit : .rollback
    }
    // A full disk makes SQLite undo the whole transaction, what others changed in it too.
    guard let outcome, transaction.db.isInsideTransaction else {
      throw outcome?.error ?? JobQueueError.storage(code: 0, message: "a transaction gave no value")
    }
    return outcome
  }
}
