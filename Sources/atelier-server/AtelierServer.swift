public import ArgumentParser
import Foundation
import Generation
public import Logging
import Logs
public import Server

/// The server: users, jobs, pictures and the page.
@main
struct AtelierServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier-server",
    abstract: "Serves Atelier's page, keeps everybody's jobs and hands them to workers.",
    version: Version.current)

  @Option(help: "Folder for jobs, pictures and secrets (default: $XDG_DATA_HOME/atelier).")
  var data: String?

  @Option(help: "Address to listen on; others than loopback need --access open.")
  var listen = "127.0.0.1"

  @Option(help: "Port of the page; 0 takes a free one.")
  var port: UInt16 = 3000

  @Option(help: "single: one local user; open: each browser its own private user; accounts: not built yet.")
  var access = AccessMode.single

  @Option(name: .customLong("host-name"), help: "A name people use for this host (repeatable).")
  var hostNames: [String] = []

  @Option(name: .customLong("public"), help: "Folder with the page (default: found beside the program).")
  var publicFolder: String?

  @Option(help: "Port for workers; 0 takes a free one.")
  var workerPort: UInt16 = 3001

  @Option(help: "Address for workers, loopback only.")
  var workerListen = "127.0.0.1"

  @Option(help: "Write the worker port to this file once the server listens.")
  var workerPortFile: String?

  @Option(help: "Who is next: round-robin between users, or fifo over all.")
  var fairness = ServerConfiguration.Fairness.roundRobin

  @Option(help: "Least level of the log: trace, debug, info, notice, warning, error, critical.")
  var logLevel = Logger.Level.info

  func run() async throws {
    let level = logLevel
    LoggingSystem.bootstrap { LineLogHandler(label: $0, level: level) }
    var configuration = ServerConfiguration(dataFolder: data ?? Self.defaultDataFolder)
    configuration.listen = listen
    configuration.port = port
    configuration.access = access
    configuration.hostNames = hostNames
    configuration.publicFolder = publicFolder ?? PublicFolder.find()
    configuration.workerListen = workerListen
    configuration.workerPort = workerPort
    configuration.workerPortFile = workerPortFile
    configuration.fairness = fairness
    do {
      try await Server(configuration, logger: Logger(label: "atelier-server")).run()
    } catch {
      FileHandle.standardError.write(Data("atelier-server: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }

  /// `$XDG_DATA_HOME/atelier`, or `~/.local/share/atelier`.
  private static var defaultDataFolder: String {
    let environment = ProcessInfo.processInfo.environment
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/atelier" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/atelier"
  }
}

extension AccessMode: ExpressibleByArgument {}
extension ServerConfiguration.Fairness: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
