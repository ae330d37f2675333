internal import CLinux

/// What an event loop's thread alone touches: who waits for which descriptor, the timers, buffers.
///
/// `@unchecked Sendable` because every use is on the loop's thread, which `EventLoop` checks.
final class LoopState: @unchecked Sendable {
  struct Handler {
    weak var readiness: Readiness?
  }

  var handlers: [UInt64: Handler] = [:]
  var timers = TimerHeap()
  var events = [clinux_event](repeating: clinux_event(), count: 256)
  /// Where bytes are received before they are copied to an array of the right size, so that ten thousand
  /// idle connections hold no buffer.
  var scratch = [UInt8](repeating: 0, count: EventLoop.bytesPerTurn)
  private var lastToken: UInt64 = 0

  func add(_ readiness: Readiness) -> UInt64 {
    lastToken += 1
    handlers[lastToken] = Handler(readiness: readiness)
    return lastToken
  }

  func remove(_ token: UInt64) {
    handlers[token] = nil
  }

  /// Waits for events and returns how many there are; a failing epoll gives none.
  func wait(on epoll: FileDescriptor, timeout: Int32) -> Int {
    let count = unsafe clinux_epoll_wait(epoll.rawValue, &events, Int32(events.count), timeout)
    return max(0, Int(count))
  }
}
