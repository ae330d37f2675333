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
      abstract: "Prints the text hidden in a picture; fails when there is none.")

    @Argument(help: "A PNG, JPEG or WebP.")
    var file: String

    func run() throws {
      try Failure.reported {
        guard let found = Watermark(in: try WatermarkCommand.picture(file)) else {
          throw UserError(code: "no_watermark", message: "expected a watermark in '\(file)', found none")
        }
        Console.output(found.text)
      }
    }
  }

  /// `atelier watermark encode`.
  struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Hides a text in a picture.")

    @Argument(help: "A PNG, JPEG or WebP.")
    var file: String

    @Option(help: "6 to 32 printable characters of ASCII.")
    var text: String

    @Option(help: "The PNG to write.")
    var output: String

    func run() throws {
      try Failure.reported {
        let marked = try Watermark(text).hidden(in: try WatermarkCommand.picture(file))
        let image = try PNGImage(width: marked.width, height: marked.height, pixels: marked.rgb)
        try Data(image.encoded()).write(to: URL(filePath: output), options: .atomic)
      }
    }
  }
}
