public import Generation
public import Pictures

extension Picture {
  /// The picture with what its request asks to be hidden in it.
  /// - Throws: `UserError` `unusable_watermark`.
  public func watermarked(as request: GenerationRequest) throws(UserError) -> Picture {
    guard let text = request.watermark else { return self }
    return try Watermark(text).hidden(in: self)
  }
}
