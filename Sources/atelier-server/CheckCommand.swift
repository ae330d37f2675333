import ArgumentParser
import Server

/// `atelier-server check`, with the flags the server would be started with.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Says what is wrong with a configuration, changing nothing; 1 when it cannot start.",
    discussion: "Takes the server's own flags.")

  @OptionGroup
  var options: ServerOptions

  func run() async throws {
    let findings = await ConfigurationCheck(options.configuration).run()
    for finding in findings { print(finding) }
    if findings.contains(where: { $0.level == .error }) { throw ExitCode(1) }
  }
}
