import Logging
import ServiceLifecycle
import Sockets

/// Answers the machine's owner over a Unix socket in the data folder: one line asked, one line answered.
///
/// The answer is `ok`, a space and text, or `error`, a space and why not.
struct ControlSocket: Service {
  /// The socket's name in the data folder.
  static let name = "control.sock"
  /// Most bytes of a line.
  static let lineLimit = 4096

  let listener: Listener
  let loop: EventLoop
  let logger: Logger
  let respond: @Sendable (ControlCommand) async throws -> String

  /// Listens in `folder`, whose lock this process has.
  static func bind(
    folder: String, logger: Logger, respond: @escaping @Sendable (ControlCommand) async throws -> String
  ) async throws -> ControlSocket {
    let loop = try EventLoop(name: "control")
    let listener = try await Listener.bindLocal(folder: folder, name: name, on: loop)
    return ControlSocket(listener: listener, loop: loop, logger: logger, respond: respond)
  }

  /// Serves until the server stops.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        while let accepted = try? await listener.accept() {
          guard !accepted.isReserve else { continue }
          group.addTask { await serve(accepted) }
        }
        group.cancelAll()
      }
      await listener.close()
      // A server without its control socket still serves: only the end of the server is the end of this.
      try? await gracefulShutdown()
    }
  }

  private func serve(_ accepted: AcceptedSocket) async {
    guard let connection = try? await Connection.adopt(accepted, on: loop, options: .local) else { return }
    do {
      let line = try await ControlLine.read(from: connection, within: .seconds(5))
      try await connection.write(Array((await answer(to: line) + "\n").utf8))
    } catch {
      logger.debug("a control connection ended", metadata: ["error": "\(error)"])
    }
    await connection.close()
  }

  private func answer(to line: String) async -> String {
    guard let command = ControlCommand(line: line) else { return "error unknown command" }
    do {
      let text = try await respond(command)
      if command != .ping { logger.info("control", metadata: ["command": "\(command.word)"]) }
      return "ok " + text
    } catch {
      logger.error("control failed", metadata: ["command": "\(command.word)", "error": "\(error)"])
      return "error " + "\(error)".filter { $0 != "\n" }
    }
  }
}

/// One line over a control connection.
enum ControlLine {
  /// Reads up to the line break.
  static func read(from connection: Connection, within limit: Duration) async throws -> String {
    let deadline = MonotonicInstant.now + limit
    var bytes: [UInt8] = []
    while !bytes.contains(0x0A) {
      let more = try await connection.read(until: deadline)
      if more.isEmpty { throw SocketError.closed }
      bytes += more
      guard bytes.count <= ControlSocket.lineLimit else { throw ControlError.lineTooLong }
    }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
