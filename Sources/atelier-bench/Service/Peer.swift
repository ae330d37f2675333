import CLinux
import Foundation

/// A server under test: a process on a processor of its own, where there are two.
final class Peer {
  let name: String
  let port: UInt16
  private let process = Process()

  /// Starts `arguments` and waits until it accepts connections.
  init(_ name: String, port: UInt16, _ arguments: [String], environment: [String: String] = [:]) throws {
    self.name = name
    self.port = port
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = (Self.hasTwoProcessors ? ["taskset", "-c", "0"] : []) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<600 {
      if Self.accepts(port) { return }
      guard process.isRunning else {
        throw BenchError.unexpected("\(name) ended with \(process.terminationStatus)")
      }
      usleep(100_000)
    }
    throw BenchError.unexpected("\(name) does not answer")
  }

  deinit { stop() }

  /// Ends it and waits for its end.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  /// Bytes of memory it has in use, from /proc.
  func residentBytes() throws -> Int {
    // taskset and env become the program itself.
    let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)
    guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw BenchError.unexpected("/proc says \(text)")
    }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Puts this process's main thread on the second processor, so that it does not take the server's time.
  static func stayAside() throws {
    guard hasTwoProcessors else { return }
    let taskset = Process()
    taskset.executableURL = URL(filePath: "/usr/bin/env")
    taskset.arguments = ["taskset", "-cp", "1", "\(getpid())"]
    taskset.standardOutput = FileHandle.nullDevice
    try taskset.run()
    taskset.waitUntilExit()
  }

  /// A port that was free a moment ago.
  static func freePort() throws -> UInt16 {
    var address = clinux_address(family: 4, port: 0, scope: 0, high: 0, low: 0x7F00_0001)
    let descriptor = try BenchError.check(clinux_listen(&address, 1), "listen")
    defer { clinux_close(descriptor) }
    _ = try BenchError.check(clinux_local_address(descriptor, &address), "getsockname")
    return address.port
  }

  private static var hasTwoProcessors: Bool { sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 }

  private static func accepts(_ port: UInt16) -> Bool {
    var address = clinux_address(family: 4, port: port, scope: 0, high: 0, low: 0x7F00_0001)
    let descriptor = clinux_connect(&address)
    guard descriptor >= 0 else { return false }
    defer { clinux_close(descriptor) }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&waiting, 1, 1000) == 1 && clinux_socket_error(descriptor) == 0
  }
}
