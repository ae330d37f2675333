internal import CPNG

extension PNGImage {
  /// Reads a PNG from anywhere: any colour type and depth, interlaced or not, transparency over white.
  /// - Throws: `PNGError.tooLarge` before anything is allocated for pixels, `malformed`, `outOfMemory`.
  public init(decoding bytes: [UInt8], limits: PNGLimits = PNGLimits()) throws(PNGError) {
    try PNGChunks.check(bytes)
    var bounds = limits.bounds
    var result = unsafe cpng_result()
    let status = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe cpng_read(buffer.baseAddress, buffer.count, 3, &bounds, &result)
    }
    defer { unsafe cpng_release(&result) }
    guard Int(status) == CPNG_OK else { throw unsafe Self.error(status, result, limits) }
    let pixels = unsafe Array(UnsafeBufferPointer(start: result.data, count: result.size))
    let texts = unsafe UnsafeBufferPointer(start: result.texts, count: Int(result.text_count)).map {
      unsafe Self.text($0)
    }
    .filter { $0.keywordBytes != nil }  // libpng reads keywords that it refuses to write.
    unsafe self.init(checked: Int(result.width), Int(result.height), pixels, texts)
  }

  private static func text(_ chunk: cpng_text) -> PNGText {
    let bytes = unsafe UnsafeRawBufferPointer(start: chunk.text, count: chunk.length)
    var keyword: [UInt8] = []
    while let byte = unsafe chunk.keyword?[keyword.count], byte != 0 {
      keyword.append(UInt8(bitPattern: byte))
    }
    let text =
      unsafe chunk.international != 0
      ? unsafe String(decoding: bytes, as: UTF8.self) : unsafe PNGText.text(latin1: bytes)
    return PNGText(keyword: PNGText.text(latin1: keyword), text: text)
  }
}

extension PNGLimits {
  /// The limits as the shim takes them.
  var bounds: cpng_limits {
    cpng_limits(
      max_side: UInt32(clamping: maxSide), max_pixels: UInt64(clamping: maxPixels),
      max_text: maxTextBytes, max_chunks: Int32(clamping: maxTexts))
  }
}
