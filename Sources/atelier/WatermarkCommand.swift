import ArgumentParser
import Foundation
import Generation
import PNG
import PictureFiles
import Pictures
import StableDiffusion

/// `atelier watermark`: texts hidden in pictures' colours.
struct WatermarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watermark", abstract: "Finds or hides an invisible text in a picture.",
    discussion: "The method is dwtDct of the library invisible-watermark; each reads what the other hides.",
    subcommands: [Decode.self, Encode.self], defaultSubcommand: Decode.self)

  /// The pixels of a file.
  /// - Throws: `UserError` for a file that is not there or is no picture.
  fileprivate static func picture(_ file: String) throws(UserError) -> Picture {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UserError(code: "unreadable_file", message: "expected a picture at '\(file)', found none")
    }
    do { return try PictureFile.decode(Array(data)).picture } catch {
      throw UserError(code: "damaged_picture", message: "'\(file)': \(error)")
    }
  }

  /// `atelier watermark decode`.
  struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the text hidden in a picture; fails when there is none.",
      discussion:
        "Of several pictures each has a line with its name, also where there is none; fails when none has any."
    )

    @Argument(help: "PNGs, JPEGs or WebPs.")
    var files: [String]

    func run() throws {
      try Failure.reported {
        let found = try files.map { Watermark(in: try WatermarkCommand.picture($0))?.text }
        guard found.contains(where: { $0 != nil }) else {
          throw UserError(
            code: "no_watermark",
            message:
              "expected a watermark in '\(files[0])'\(files.count > 1 ? " or the others" : ""), found none")
        }
        guard files.count > 1 else { return found.compactMap { $0 }.forEach(Console.output) }
        for (file, text) in zip(files, found) { Console.output("\(file)\t\(text ?? "")") }
      }
    }
  }

  /// `atelier watermark encode`.
  struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Hides a text in pictures.")

    @Argument(help: "PNGs, JPEGs or WebPs.")
    var files: [String]

    @Option(help: "6 to 32 printable characters of ASCII.")
    var text: String

    @Option(help: "The PNG to write; of several pictures a folder, where each keeps its name.")
    var output: String

    func run() throws {
      try Failure.reported {
        let watermark = try Watermark(text)
        if files.count > 1 {
          try FileManager.default.createDirectory(
            at: URL(filePath: output), withIntermediateDirectories: true)
        }
        for file in files {
          let name = URL(filePath: file).deletingPathExtension().lastPathComponent + ".png"
          let marked = watermark.hidden(in: try WatermarkCommand.picture(file))
          let image = try PNGImage(width: marked.width, height: marked.height, pixels: marked.rgb)
          try Data(image.encoded()).write(
            to: URL(filePath: files.count > 1 ? "\(output)/\(name)" : output), options: .atomic)
        }
      }
    }
  }
}
