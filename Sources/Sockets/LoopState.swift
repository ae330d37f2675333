internal import CLinux

/// What an event loop's thread alone touches: who waits for which descriptor, the timers, buffers.
///
/// `@unchecked Sendable` because every use is on the loop's thread, which `EventLoop` checks.
final class LoopState: @unchecked Sendable {
  private struct Place {
    var readiness: Readiness?
    /// How often the place was given away: an event that was on its way to the last holder is not the next one's.
    var turn: UInt32 = 0
  }

  /// The first is never given away: token 0 is the loop's own.
  private var places = [Place()]
  private var freePlaces: [UInt32] = []
  var timers = TimerHeap()
  var events = [clinux_event](repeating: clinux_event(), count: 256)
  /// Where bytes are received before they are copied to an array of the right size, so that ten thousand
  /// idle connections hold no buffer.
  var scratch = [UInt8](repeating: 0, count: EventLoop.bytesPerTurn)

  /// Keeps `readiness` until its token is removed; the token says where, and whose turn it is there.
  func add(_ readiness: Readiness) -> UInt64 {
    let place: UInt32
    if let free = freePlaces.popLast() {
      place = free
    } else {
      place = UInt32(places.count)
      places.append(Place())
    }
    places[Int(place)].readiness = readiness
    return UInt64(places[Int(place)].turn) << 32 | UInt64(place)
  }

  func remove(_ token: UInt64) {
    guard holder(of: token) != nil else { return }
    let place = UInt32(truncatingIfNeeded: token)
    places[Int(place)].readiness = nil
    places[Int(place)].turn &+= 1
    freePlaces.append(place)
  }

  /// Who waits for the descriptor of a token; nil when it was removed.
  func holder(of token: UInt64) -> Readiness? {
    let place = Int(token & 0xFFFF_FFFF)
    guard place < places.count, places[place].turn == UInt32(token >> 32) else { return nil }
    return places[place].readiness
  }

  /// Waits for events and returns how many there are; a failing epoll gives none.
  func wait(on epoll: FileDescriptor, timeout: Int32) -> Int {
    let count = unsafe clinux_epoll_wait(epoll.rawValue, &events, Int32(events.count), timeout)
    return max(0, Int(count))
  }
}
