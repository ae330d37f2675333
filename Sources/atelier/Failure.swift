import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation

/// Ends a command with one line on standard error and exit status 1.
enum Failure {
  /// Runs `body`; what it throws becomes the one line.
  static func reported(_ body: () throws -> Void) throws {
    do { try body() } catch { throw reported(error) }
  }

  /// Runs `body`; what it throws becomes the one line.
  nonisolated(nonsending) static func reported(
    _ body: nonisolated(nonsending) () async throws -> Void
  ) async throws {
    do { try await body() } catch { throw reported(error) }
  }

  /// The status to end with, after the line is written where the error needs one.
  private static func reported(_ error: any Error) -> any Error {
    if error is ExitCode || error is ValidationError { return error }
    Console.error("atelier: \(line(error))")
    return ExitCode(1)
  }

  /// An error as one line, which may not control the terminal: names in files are strangers'.
  private static func line(_ error: any Error) -> String {
    let text =
      switch error {
      case let error as UserError: error.message
      case let error as CocoaError: "\(error.filePath.map { "'\($0)': " } ?? "")\(reason(error))"
      default: "\(error)"
      }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ").printable(1500)
  }

  private static func reason(_ error: CocoaError) -> String {
    switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "expected a file or folder, found none"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "no space is left"
    case .fileWriteVolumeReadOnly: "the file system is read-only"
    case .fileWriteFileExists: "expected a folder, found a file"
    default: "cannot be read or written"
    }
  }
}
