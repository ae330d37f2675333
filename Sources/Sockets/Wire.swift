internal import CLinux

/// The descriptor of a connection and the calls that do not wait.
///
/// `@unchecked Sendable` because its state is touched on the loop's thread alone: by the connection's actor, which is
/// pinned to it, by those who call on that thread, and by `EventLoop.execute`.
final class Wire: @unchecked Sendable {
  let loop: EventLoop
  let readiness: Readiness
  private(set) var descriptor: FileDescriptor?
  private var token: UInt64 = 0
  /// The last read took all there was, so there is nothing before the next edge.
  var isDrained = false

  init(_ descriptor: FileDescriptor, loop: EventLoop) {
    self.descriptor = descriptor
    self.loop = loop
    readiness = Readiness(loop: loop)
  }

  /// Starts to hear of the descriptor's readiness.
  func register() throws(SocketError) {
    guard let descriptor else { throw .closed }
    token = try loop.register(descriptor, for: readiness)
  }

  /// Wakes those who wait and lets the descriptor go; harmless when that was done.
  func close() {
    guard let descriptor else { return }
    readiness.close()
    loop.deregister(descriptor, token: token)
    self.descriptor = nil
  }

  // MARK: - Calls

  func receive(max: Int) throws(SocketError) -> [UInt8]? {
    guard let descriptor else { throw .closed }
    let limit = min(max, loop.confined.scratch.count)
    let result = unsafe clinux_receive(descriptor.rawValue, &loop.confined.scratch, limit)
    if result == -11 { return nil }  // EAGAIN
    let count = Int(try check(result, "recv"))
    isDrained = count > 0 && count < limit
    return Array(loop.confined.scratch[..<count])
  }

  func send(_ bytes: [UInt8], from start: Int, more: Bool) throws(SocketError) -> Int {
    guard let descriptor else { throw .closed }
    let result = unsafe bytes.withUnsafeBytes { buffer in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
      return unsafe clinux_send(descriptor.rawValue, rest.baseAddress, rest.count, more ? 1 : 0)
    }
    if result == -11 { return 0 }  // EAGAIN
    return Int(try check(result, "send"))
  }

  func send(_ head: ArraySlice<UInt8>, _ body: [UInt8]) throws(SocketError) -> Int {
    guard let descriptor else { throw .closed }
    let result = unsafe head.withUnsafeBytes { head in
      unsafe body.withUnsafeBytes { body in
        unsafe clinux_send_two(
          descriptor.rawValue, head.baseAddress, head.count, body.baseAddress, body.count)
      }
    }
    if result == -11 { return 0 }  // EAGAIN
    return Int(try check(result, "send"))
  }
}
