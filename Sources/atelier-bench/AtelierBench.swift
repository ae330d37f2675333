import ArgumentParser
import Generation

/// Measures parts of Atelier on this host; every suite is one subcommand.
@main struct AtelierBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier-bench",
    abstract: "Measures Atelier on this host.",
    version: Version.current,
    subcommands: [
      KernelsCommand.self, UNetCommand.self, VAECommand.self, TextCommand.self, ImageCommand.self,
      AccuracyCommand.self, ConformanceCommand.self, ParityCommand.self, HTTPCommand.self, QueueCommand.self,
    ])
}
