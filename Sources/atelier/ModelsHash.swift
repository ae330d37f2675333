import ArgumentParser
import Checkpoints
import FoundationEssentials

extension Models {
  /// `atelier models hash`.
  struct Hash: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the SHA-256 of files, and the ten digits that stand in a picture's text.")

    @Argument(help: "Files of weights.")
    var files: [String]

    func run() throws {
      try Failure.reported {
        for file in files {
          let hash = try FileHash.sha256(of: [(path: file, label: URL(filePath: file).lastPathComponent)])
          Console.output("\(hash)  \(hash.prefix(10))  \(file)")
        }
      }
    }
  }
}
