import Generation

/// When waiting jobs will begin, if every worker takes the next one it can run as soon as it is free.
struct StartEstimate: Sendable {
  private struct Slot: Sendable {
    let worker: QueueWorker
    /// When it is free, in seconds from now; nil: nobody knows.
    var free: Double?
  }

  private var slots: [Slot]

  /// Begins with the remaining seconds of what each worker runs; a worker without an entry is free.
  init(workers: [QueueWorker], running: [WorkerID: Double?]) {
    slots = workers.map { Slot(worker: $0, free: running[$0.id] ?? 0) }
  }

  /// Seconds until the next job in order begins; then its worker is busy for `seconds(worker)` more.
  ///
  /// - Parameter earliest: seconds from now before which it may not begin (a delay before a retry).
  mutating func next(
    model: String, earliest: Double = 0, seconds: (WorkerID) throws -> Double?
  ) rethrows -> Double? {
    // A worker nobody knows about counts as the last to be free.
    let index = slots.indices.filter { slots[$0].worker.models.contains(model) }
      .min { (slots[$0].free ?? .infinity) < (slots[$1].free ?? .infinity) }
    guard let index, let free = slots[index].free else { return nil }
    let start = max(free, earliest)
    slots[index].free = try seconds(slots[index].worker.id).map { start + $0 }
    return start
  }
}
