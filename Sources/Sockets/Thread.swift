internal import CLinux

/// A detached thread of this process, and the mark that tells whether code runs on it.
enum Thread {
  /// A number unique to the calling thread among those alive.
  static var marker: UInt { UInt(clinux_thread_marker()) }

  /// Starts a thread that runs `body` and ends with it.
  static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(SocketError) {
    let box = unsafe Unmanaged.passRetained(Body(run: body))
    let result = unsafe clinux_thread_start(
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
      }, box.toOpaque(), name)
    if result < 0 {
      unsafe box.release()
      throw .system(call: "pthread_create", errno: -result)
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
