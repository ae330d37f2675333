import ArgumentParser
import FoundationEssentials
import Generation

/// Ends a command with one line on standard error and exit status 1.
enum Failure {
  /// Runs `body`; what it throws becomes the one line.
  static func reported(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let exit as ExitCode {
      throw exit
    } catch let usage as ValidationError {
      throw usage
    } catch {
      Console.error("atelier: \(line(error))")
      throw ExitCode(1)
    }
  }

  /// An error as one line.
  private static func line(_ error: any Error) -> String {
    let text =
      switch error {
      case let error as UserError: error.message
      case let error as CocoaError: "\(error.filePath.map { "'\($0)': " } ?? "")the file cannot be used"
      default: "\(error)"
      }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
