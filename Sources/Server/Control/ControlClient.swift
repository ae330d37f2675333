import Glibc
import Sockets

/// Asks the server that runs on a data folder.
struct ControlClient: Sendable {
  let folder: String

  /// Sends a command and gives the text of its answer.
  ///
  /// - Throws: `ControlError.nobodyListens` without a server, `.refused` with its reason, `SocketError`.
  func ask(_ command: ControlCommand, within limit: Duration = .seconds(600)) async throws -> String {
    let loop = try EventLoop(name: "control")
    let connection: Connection
    do throws(SocketError) {
      connection = try await Connection.connectLocal(folder: folder, name: ControlSocket.name, on: loop)
    } catch {
      if case .system(_, let reason) = error, reason == ENOENT || reason == ECONNREFUSED {
        throw ControlError.nobodyListens
      }
      throw error
    }
    try await connection.write(Array((try command.line() + "\n").utf8))
    let line = try await ControlLine.read(from: connection, within: limit)
    await connection.close()
    guard line.hasPrefix("ok") else {
      throw ControlError.refused(String(line.drop { $0 != " " }.dropFirst()))
    }
    return String(line.dropFirst(3))
  }
}
