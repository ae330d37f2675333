import Generation

/// In which order waiting jobs are taken: start-time fair queueing (Goyal, Vin, Cheng 1996).
///
/// Each user has a virtual time that grows by the work of each job taken; a job's tag is where its user's
/// virtual time stands when its turn comes, never before the queue's own. Jobs go by tag, ties by number:
/// first come first served within a user, turns by work between users, and nobody saves up turns while idle.
struct FairOrder: Sendable {
  /// A waiting job as the order needs it.
  struct Entry: Equatable, Sendable {
    var number: Int64
    var owner: UserID
    /// Steps × pixels × pictures.
    var cost: Int64
    /// Its user's virtual time.
    var virtualTime: Int64
  }

  /// A place in the order.
  struct Turn: Equatable, Sendable {
    /// Index of the entry.
    var index: Int
    /// Where its user's virtual time stands at its turn.
    var tag: Int64
  }

  /// The order of `entries`, which come sorted by number.
  ///
  /// - Parameter clock: the queue's own virtual time: the tag of the last job taken.
  static func turns(_ entries: [Entry], clock: Int64, order: QueuePolicy.Order) -> [Turn] {
    var next: [UserID: Int64] = [:]
    let turns = entries.enumerated().map { index, entry in
      let tag = next[entry.owner] ?? max(entry.virtualTime, clock)
      next[entry.owner] = saturatingSum(tag, entry.cost)
      return Turn(index: index, tag: tag)
    }
    guard order == .fair else { return turns }
    return turns.sorted { ($0.tag, $0.index) < ($1.tag, $1.index) }
  }

  /// The work a request asks for, at least 1: steps × pictures × pixels.
  static func cost(of request: GenerationRequest) -> Int64 {
    let factors = [request.stepCount, request.width, request.height]
    return factors.reduce(1) { saturatingProduct($0, max(1, Int64($1))) }
  }

  static func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  private static func saturatingProduct(_ left: Int64, _ right: Int64) -> Int64 {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : product
  }
}
