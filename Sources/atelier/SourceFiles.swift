import Crypto
import FoundationEssentials
import Generation
import PictureFiles
import Pictures
import StableDiffusion

/// The pictures a command starts from, read from files.
struct SourceFiles {
  /// What the pipeline is given.
  let inputs: PictureInputs
  private let source: PictureReference
  private let mask: PictureReference?

  /// Reads the files.
  /// - Throws: `UserError` for a file that is not there or is no picture.
  init(_ options: SourceOptions, _ mask: MaskOptions?) throws(UserError) {
    let (picture, reference) = try Self.read(options.picture, "--init-img")
    source = reference
    if let file = mask?.mask {
      let (picture2, reference) = try Self.read(file, "--mask")
      self.mask = reference
      inputs = PictureInputs(source: picture, mask: picture2)
    } else {
      self.mask = nil
      inputs = PictureInputs(source: picture)
    }
  }

  /// Puts the pictures into a request, and their size where it was given none.
  func apply(to request: inout GenerationRequest, hasSize: Bool) {
    (request.initImageFile, request.maskFile) = (source, mask)
    guard !hasSize, request.inpaintArea != .masked, let canvas = request.canvasSize else { return }
    (request.width, request.height) = (max(canvas.width / 8, 1) * 8, max(canvas.height / 8, 1) * 8)
  }

  private static func read(
    _ file: String, _ flag: String
  ) throws(UserError) -> (DecodedPicture, PictureReference) {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UserError(
        code: "unreadable_file", message: "\(flag): expected a picture at '\(file)', found none")
    }
    let picture: DecodedPicture
    do { picture = try PictureFile.decode(Array(data)) } catch {
      throw UserError(code: "damaged_picture", message: "\(flag) '\(file)': \(error)")
    }
    return (
      picture,
      PictureReference(
        sha256: hash(data), width: picture.picture.width, height: picture.picture.height)
    )
  }

  /// SHA-256 in lower-case hexadecimal.
  static func hash(_ data: Data) -> String {
    String(
      SHA256.hash(data: data).flatMap { byte in
        [byte >> 4, byte & 15].map { Character(String($0, radix: 16)) }
      })
  }
}
