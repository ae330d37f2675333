internal import CPNG

extension PNGImage {
  /// The picture as a PNG file; equal pictures make equal bytes.
  /// - Parameter level: zlib's, 0…9.
  /// - Throws: `PNGError.invalidKeyword`, or `outOfMemory`.
  public func encoded(level: Int = 6) throws(PNGError) -> [UInt8] {
    var buffers: [(keyword: [UInt8], text: [UInt8], isInternational: Bool)] = []
    for text in texts { buffers.append(try Self.bytes(text)) }
    var result = unsafe cpng_result()
    let status = unsafe Self.withTexts(buffers) { texts in
      unsafe pixels.withUnsafeBufferPointer { pixels in
        unsafe cpng_write(
          pixels.baseAddress, UInt32(width), UInt32(height), Int32(min(max(level, 0), 9)),
          texts.baseAddress, Int32(texts.count), &result)
      }
    }
    defer { unsafe cpng_release(&result) }
    guard Int(status) == CPNG_OK else { throw unsafe Self.error(status, result, PNGLimits()) }
    return unsafe Array(UnsafeBufferPointer(start: result.data, count: result.size))
  }

  private static func bytes(_ text: PNGText) throws(PNGError) -> ([UInt8], [UInt8], Bool) {
    guard let keyword = text.keywordBytes else { throw .invalidKeyword(text.keyword) }
    let clean =
      text.text.unicodeScalars.contains("\0")
      ? String(text.text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text.text
    if let latin1 = PNGText.latin1(clean) { return (keyword + [0], latin1 + [0], false) }
    return (keyword + [0], Array(clean.utf8) + [0], true)
  }

  /// Lends the texts as C structures: all bytes stand in one buffer while `body` runs.
  private static func withTexts<Result>(
    _ buffers: [(keyword: [UInt8], text: [UInt8], isInternational: Bool)],
    _ body: (UnsafeBufferPointer<cpng_text>) -> Result
  ) -> Result {
    let joined = buffers.flatMap { $0.keyword + $0.text }
    return unsafe joined.withUnsafeBytes { bytes in
      var texts: [cpng_text] = unsafe []
      var offset = 0
      for buffer in buffers {
        let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        let text = offset + buffer.keyword.count
        unsafe texts.append(
          cpng_text(
            keyword: base.map { unsafe $0 + offset }, text: base.map { unsafe $0 + text },
            length: buffer.text.count - 1, international: buffer.isInternational ? 1 : 0))
        offset = text + buffer.text.count
      }
      return unsafe texts.withUnsafeBufferPointer { unsafe body($0) }
    }
  }

  static func error(_ status: Int32, _ result: cpng_result, _ limits: PNGLimits) -> PNGError {
    switch Int(status) {
    case CPNG_TOO_LARGE:
      return unsafe .tooLarge(
        width: Int(result.width), height: Int(result.height), maxSide: limits.maxSide,
        maxPixels: limits.maxPixels)
    case CPNG_OUT_OF_MEMORY:
      return .outOfMemory
    default:
      let reason = unsafe withUnsafeBytes(of: result.reason) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .malformed(reason: reason)
    }
  }
}
