import Synchronization
import Testing

@testable import Sockets

@Suite struct TimerHeapTests {
  private let start = MonotonicInstant.now

  private func fire(_ heap: inout TimerHeap, at now: MonotonicInstant) {
    while let body = heap.takeDue(at: now) { body() }
  }

  @Test func `timers fire in the order of their deadlines, and those of one deadline as they were added`() {
    let fired = Mutex<[Int]>([])
    var heap = TimerHeap()
    for (name, milliseconds) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
      _ = heap.add(at: start + .milliseconds(milliseconds)) { fired.withLock { $0.append(name) } }
    }
    fire(&heap, at: start + .milliseconds(9))
    #expect(fired.withLock { $0 } == [])
    fire(&heap, at: start + .milliseconds(20))
    #expect(fired.withLock { $0 } == [2, 4, 3])
    fire(&heap, at: start + .milliseconds(500))
    #expect(fired.withLock { $0 } == [2, 4, 3, 1])
    #expect(heap.count == 0)
  }

  @Test func `a removed timer does not fire, and removing it again is harmless`() {
    let fired = Mutex(false)
    var heap = TimerHeap()
    let id = heap.add(at: start) { fired.withLock { $0 = true } }
    heap.remove(id)
    heap.remove(id)
    fire(&heap, at: start + .seconds(1))
    #expect(!fired.withLock { $0 })
    #expect(heap.millisecondsUntilNext(from: start) == -1)
  }

  @Test func `dead entries do not pile up`() {
    var heap = TimerHeap()
    for _ in 0..<10_000 { heap.remove(heap.add(at: start + .seconds(3600)) {}) }
    #expect(heap.count == 0)
    #expect(heap.storedCount <= 65)
  }

  @Test(arguments: [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (2_500_000_000, 2500)])
  func `the wait is rounded up to whole milliseconds`(nanoseconds: Int, milliseconds: Int32) {
    var heap = TimerHeap()
    _ = heap.add(at: start + .nanoseconds(nanoseconds)) {}
    #expect(heap.millisecondsUntilNext(from: start) == milliseconds)
  }

  @Test func `a deadline in the past does not wait, and a far one waits at most an hour`() {
    var heap = TimerHeap()
    _ = heap.add(at: start + .seconds(1_000_000)) {}
    #expect(heap.millisecondsUntilNext(from: start) == 3_600_000)
    _ = heap.add(at: start - .seconds(5)) {}
    #expect(heap.millisecondsUntilNext(from: start) == 0)
  }
}
