import Glibc
public import ServiceLifecycle
import Sockets

/// Standard input as a lifeline: the first line is the secret, its end is the end of the worker.
///
/// A worker started over SSH is fed by the connection; when that is gone nothing must be left running.
public struct InputWatch: Service {
  /// Watches from now on.
  public init() {}

  /// Ends when standard input does.
  public func run() async throws {
    let reader = try ThreadExecutor(name: "input")
    await withGracefulShutdownHandler {
      // The read blocks its own thread; shutting down does not wait for it.
      await withTaskGroup { group in
        group.addTask { _ = try? await reader.run { Self.readToEnd() } }
        group.addTask { _ = try? await gracefulShutdown() }
        await group.next()
        group.cancelAll()
      }
    } onGracefulShutdown: {
    }
  }

  /// The first line of standard input, without reading past it; at most 256 bytes.
  public static func firstLine() -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 256, read(STDIN_FILENO, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }

  private static func readToEnd() {
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count == 0 || (count < 0 && errno != EINTR) { return }
    }
  }
}
