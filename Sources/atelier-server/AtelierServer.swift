public import ArgumentParser
import Foundation
import Generation
public import Logging
import Logs
import Server

/// The server: users, jobs, pictures and the page.
@main
struct AtelierServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier-server",
    abstract: "Serves Atelier's page, keeps everybody's jobs and hands them to workers.",
    version: Version.current, subcommands: [CheckCommand.self, BackupCommand.self, CreateAdminCommand.self])

  @OptionGroup
  var options: ServerOptions

  @Option(help: "Least level of the log: trace, debug, info, notice, warning, error, critical.")
  var logLevel = Logger.Level.info

  func run() async throws {
    let level = logLevel
    LoggingSystem.bootstrap { LineLogHandler(label: $0, level: level) }
    do {
      try await Server(options.configuration, logger: Logger(label: "atelier-server")).run()
    } catch {
      FileHandle.standardError.write(Data("atelier-server: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
