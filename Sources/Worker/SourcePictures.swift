import Generation
import PictureFiles
import Pictures
import StableDiffusion

/// Decodes the files a request starts from.
enum SourcePictures {
  /// The pictures of a request; nil for one that starts from none.
  /// - Throws: `UserError` `damaged_picture`, which names the field.
  static func decoded(
    _ request: GenerationRequest, _ files: [String: [UInt8]]
  ) throws(UserError) -> PictureInputs? {
    guard let source = request.initImageFile else { return nil }
    return PictureInputs(
      source: try decoded(source, files, .initImage),
      mask: try request.maskFile.map { mask throws(UserError) in try decoded(mask, files, .mask) })
  }

  private static func decoded(
    _ reference: PictureReference, _ files: [String: [UInt8]], _ field: GenerationRequest.CodingKeys
  ) throws(UserError) -> DecodedPicture {
    let decoded: DecodedPicture
    do { decoded = try PictureFile.decode(files[reference.sha256] ?? []) } catch {
      throw UserError(
        code: "damaged_picture", message: "\(field.rawValue): \(error)", field: field.rawValue)
    }
    let (width, height) = (decoded.picture.width, decoded.picture.height)
    guard (width, height) == (reference.width, reference.height) else {
      throw UserError(
        code: "damaged_picture",
        message: "\(field.rawValue): its header says \(reference.width)x\(reference.height), it has "
          + "\(width)x\(height)", field: field.rawValue)
    }
    return decoded
  }
}
