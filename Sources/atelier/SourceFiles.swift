import Checkpoints
import FoundationEssentials
import Generation
import PNG
import PictureFiles
import Pictures
import StableDiffusion

/// The pictures a command starts from, read from files.
struct SourceFiles {
  /// What the pipeline is given.
  let inputs: PictureInputs
  /// What they are in a request.
  let source: PictureReference
  let mask: PictureReference?

  /// The source's file.
  private let data: Data

  /// Texts in the source's file; of another kind than PNG there are none.
  var texts: [PNGText] { (try? PNGImage(decoding: Array(data)))?.texts ?? [] }

  /// Reads the files.
  /// - Parameter flag: What messages call the source.
  /// - Throws: `UserError` for a file that is not there or is no picture.
  init(picture file: String, mask: String? = nil, flag: String = "--init-img") throws(UserError) {
    let (picture, reference, bytes) = try Self.read(file, flag)
    (source, data) = (reference, bytes)
    if let file = mask {
      let (picture2, reference, _) = try Self.read(file, "--mask")
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

  /// Puts the pictures into a saved request, if they are those it was made from.
  /// - Throws: `UserError` `another_picture`.
  func complete(_ request: inout GenerationRequest) throws(UserError) {
    for (flag, known, given) in [
      ("--init-img", request.initImageFile, Optional(source)), ("--mask", request.maskFile, mask),
    ] {
      guard let known, let given, known.sha256 != given.sha256 else { continue }
      throw UserError(
        code: "another_picture",
        message: "\(flag): expected the picture with SHA-256 \(known.sha256), found \(given.sha256)")
    }
    request.initImageFile = source
    request.maskFile = mask ?? request.maskFile
  }

  private static func read(
    _ file: String, _ flag: String
  ) throws(UserError) -> (DecodedPicture, PictureReference, Data) {
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
        sha256: FileHash.sha256(Array(data)), width: picture.picture.width, height: picture.picture.height),
      data
    )
  }
}
