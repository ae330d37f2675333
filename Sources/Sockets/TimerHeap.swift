internal import HeapModule

/// Names a timer of one event loop.
public struct TimerID: Hashable, Sendable {
  let rawValue: UInt64
}

/// Deadlines in order, each with what to do when it passes.
///
/// Removing is O(1): the heap keeps the entry and skips it later; it is rebuilt when most entries are dead.
struct TimerHeap {
  private struct Entry: Comparable {
    let deadline: MonotonicInstant
    let id: TimerID

    static func < (one: Entry, other: Entry) -> Bool {
      (one.deadline, one.id.rawValue) < (other.deadline, other.id.rawValue)
    }
  }

  private var heap = Heap<Entry>()
  private var bodies: [TimerID: @Sendable () -> Void] = [:]
  private var lastID: UInt64 = 0

  /// How many timers are alive.
  var count: Int { bodies.count }

  /// How many entries the heap holds, dead ones included.
  var storedCount: Int { heap.count }

  mutating func add(at deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> TimerID {
    lastID += 1
    let id = TimerID(rawValue: lastID)
    bodies[id] = body
    heap.insert(Entry(deadline: deadline, id: id))
    return id
  }

  mutating func remove(_ id: TimerID) {
    bodies[id] = nil
    if heap.count > 64, heap.count > 2 * bodies.count { compact() }
  }

  /// Takes the next timer whose deadline is not after `now`; one by one, for running it may remove others.
  mutating func takeDue(at now: MonotonicInstant) -> (@Sendable () -> Void)? {
    while let first = heap.min, first.deadline <= now {
      heap.removeMin()
      if let body = bodies.removeValue(forKey: first.id) { return body }
    }
    return nil
  }

  /// Milliseconds to the next deadline, rounded up and at least 0; -1 when there is none.
  mutating func millisecondsUntilNext(from now: MonotonicInstant) -> Int32 {
    while let first = heap.min, bodies[first.id] == nil { heap.removeMin() }
    guard let first = heap.min else { return -1 }
    let wait = now.duration(to: first.deadline)
    if wait <= .zero { return 0 }
    let (seconds, attoseconds) = wait.components
    guard seconds < 3600 else { return 3_600_000 }
    return Int32(seconds) * 1000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  private mutating func compact() {
    heap = Heap(heap.unordered.filter { bodies[$0.id] != nil })
  }
}
