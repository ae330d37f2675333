import ArgumentParser
import Foundation
import Generation
import Glibc
import Server

/// `atelier-server create-admin NAME`, the password on standard input.
struct CreateAdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-admin",
    abstract: "Makes an admin for --access accounts, whether the server runs or not.",
    discussion: """
      The password is asked for, or is the first line of standard input. An account that has the name \
      already becomes an admin with this password, and its sessions end: so a lost password is replaced.
      """)

  @OptionGroup
  var options: ServerOptions

  @Argument(help: "The name to log in with.")
  var name: String

  func run() async throws {
    do {
      let isNew = try await AdminAccount(dataFolder: options.dataFolder).create(
        name: name, password: try readPassword())
      print(isNew ? "made the admin '\(name)'" : "'\(name)' is an admin with the new password")
    } catch {
      let reason = (error as? APIError)?.error.message ?? "\(error)"
      FileHandle.standardError.write(Data("atelier-server: create-admin: \(reason)\n".utf8))
      throw ExitCode(1)
    }
  }

  /// Asked twice on a terminal, which does not show it.
  private func readPassword() throws -> String {
    guard isatty(STDIN_FILENO) == 1 else { return readLine() ?? "" }
    let first = ask("Password: ")
    guard ask("Again: ") == first else { throw ValidationError("the two passwords differ") }
    return first
  }

  private func ask(_ question: String) -> String {
    FileHandle.standardError.write(Data(question.utf8))
    var shown = termios()
    tcgetattr(STDIN_FILENO, &shown)
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    return readLine() ?? ""
  }
}
