import ArgumentParser
import Foundation
import Server

/// `atelier-server backup FILE`.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies the database into FILE, whether the server runs or not.",
    discussion: """
      FILE is there whole and checked, or not at all. Pictures are not in it: copy the folders images \
      and uploads after it. To restore, stop the server, put FILE in place of atelier.sqlite, remove \
      atelier.sqlite-wal and atelier.sqlite-shm, and start.
      """)

  @OptionGroup
  var options: ServerOptions

  @Argument(help: "The file to write; an older one is replaced.")
  var file: String

  func run() async throws {
    do {
      let report = try await Backup(dataFolder: options.dataFolder).run(to: file)
      print("\(file): \(report.jobs) jobs, \(report.images) pictures, \(report.bytes) bytes")
    } catch {
      FileHandle.standardError.write(Data("atelier-server: backup: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }
}
