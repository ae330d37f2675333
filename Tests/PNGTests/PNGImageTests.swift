import Testing

@testable import PNG

@Suite struct PNGImageTests {
  static func picture(_ width: Int, _ height: Int, texts: [PNGText] = []) throws -> PNGImage {
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 13) }
    return try PNGImage(width: width, height: height, pixels: pixels, texts: texts)
  }

  @Test(arguments: [(1, 1), (3, 2), (64, 64), (65, 31), (1, 300)])
  func `a picture survives encoding and decoding`(width: Int, height: Int) throws {
    let picture = try Self.picture(width, height)
    #expect(try PNGImage(decoding: picture.encoded()) == picture)
  }

  @Test func `texts survive, Latin-1 as tEXt and others as iTXt`() throws {
    let texts = [
      PNGText(keyword: "parameters", text: "a caf\u{E9}\nSteps: 20, Seed: 1"),
      PNGText(keyword: "atelier", text: "{\"prompt\":\"红色 😀\"}"), PNGText(keyword: "empty", text: ""),
    ]
    let bytes = try Self.picture(8, 8, texts: texts).encoded()
    #expect(try PNGImage(decoding: bytes).texts == texts)
    let kinds = Self.chunkTypes(bytes)
    #expect(kinds == ["IHDR", "tEXt", "iTXt", "tEXt", "IDAT", "IEND"])
  }

  @Test func `equal pictures make equal bytes`() throws {
    let picture = try Self.picture(40, 40, texts: [PNGText(keyword: "k", text: "t")])
    #expect(try picture.encoded() == picture.encoded())
  }

  @Test func `a NUL in a text becomes a replacement character`() throws {
    let bytes = try Self.picture(2, 2, texts: [PNGText(keyword: "k", text: "a\0b")]).encoded()
    #expect(try PNGImage(decoding: bytes).texts == [PNGText(keyword: "k", text: "a\u{FFFD}b")])
  }

  @Test(arguments: ["", String(repeating: "k", count: 80), "ключ", "a\0b", "\u{1}", " a", "a  b", "\u{A0}"])
  func `a keyword PNG cannot hold is refused`(keyword: String) throws {
    let picture = try Self.picture(2, 2, texts: [PNGText(keyword: keyword, text: "t")])
    #expect(throws: PNGError.invalidKeyword(keyword)) { try picture.encoded() }
  }

  @Test(arguments: ["\u{1}", "a  b", " ", "\u{7F}k"])
  func `a text whose keyword no PNG may have is left out, so that what was read can be written`(
    keyword: String
  ) throws {
    let kept = [PNGText(keyword: "caf\u{E9}", text: "a"), PNGText(keyword: "z", text: "b")]
    var bytes = try Self.picture(2, 2, texts: kept).encoded()
    // Behind IHDR.
    let data = Array("tEXt\(keyword)\0text".utf8)
    bytes.insert(contentsOf: [0, 0, 0, UInt8(data.count - 4)] + data + Self.crc(data), at: 33)
    let picture = try PNGImage(decoding: bytes)
    #expect(picture.texts == kept)
    #expect(try PNGImage(decoding: picture.encoded()) == picture)
  }

  @Test(arguments: [(2, 2, 11), (0, 4, 0), (Int.max, 2, 3), (-1, -1, 3)])
  func `pixels that do not fill the picture are refused`(width: Int, height: Int, count: Int) {
    #expect(throws: PNGError.self) {
      try PNGImage(width: width, height: height, pixels: [UInt8](repeating: 0, count: count))
    }
  }

  @Test func `a size over the limits is refused from the header alone`() throws {
    var bytes = Array(try Self.picture(4, 4).encoded().prefix(33))
    bytes.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0, 0, 0x10, 0])
    bytes.replaceSubrange(29..<33, with: Self.crc(bytes[12..<29]))
    let expected = PNGError.tooLarge(
      width: 0x7fff_ffff, height: 4096, maxSide: 4096, maxPixels: 16 << 20)
    #expect(throws: expected) {
      try PNGImage(decoding: bytes + [0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0, 0, 0, 0])
    }
    var limits = PNGLimits()
    limits.maxPixels = 15
    let whole = try Self.picture(4, 4).encoded()
    #expect(throws: PNGError.tooLarge(width: 4, height: 4, maxSide: 4096, maxPixels: 15)) {
      try PNGImage(decoding: whole, limits: limits)
    }
  }

  @Test func `every truncation is an error`() throws {
    let bytes = try Self.picture(16, 16, texts: [PNGText(keyword: "k", text: "text")]).encoded()
    for length in 0..<bytes.count {
      #expect(throws: PNGError.self) { try PNGImage(decoding: Array(bytes.prefix(length))) }
    }
  }

  @Test func `mutated bytes never crash`() throws {
    let bytes = try Self.picture(16, 16, texts: [PNGText(keyword: "k", text: "té 红")]).encoded()
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<3000 {
      var copy = bytes
      for _ in 0..<3 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        copy[Int(state % UInt64(copy.count))] = UInt8(truncatingIfNeeded: state >> 32)
      }
      if let picture = try? PNGImage(decoding: copy) {
        #expect(picture.pixels.count == picture.width * picture.height * 3)
      }
    }
  }

  @Test func `noise that is no PNG is refused`() {
    #expect(throws: PNGError.self) { try PNGImage(decoding: []) }
    #expect(throws: PNGError.self) { try PNGImage(decoding: Array("GIF89a".utf8)) }
  }

  @Test func `a chunk that says it is longer than the file is refused before memory is taken`() throws {
    var bytes = try Self.picture(4, 4).encoded()
    bytes.insert(
      contentsOf: [0x5F, 0xFF, 0xFF, 0xFF] + Array("iCCP".utf8) + Array(repeating: 0x61, count: 90), at: 33)
    for decode in [
      { _ = try PNGImage(decoding: bytes) }, { _ = try PNGPixels(decoding: bytes) },
    ] as [() throws -> Void] {
      let error = #expect(throws: PNGError.self) { try decode() }
      #expect("\(error, default: "")".contains("the chunk at byte 33 says 1610612735 bytes"))
    }
  }

  static func chunkTypes(_ bytes: [UInt8]) -> [String] {
    var types: [String] = []
    var index = 8
    while index + 8 <= bytes.count {
      let length = bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
      types.append(String(decoding: bytes[index + 4..<index + 8], as: UTF8.self))
      index += 12 + length
    }
    return types
  }

  static func crc(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    crc = ~crc
    return (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32($0))) }
  }
}
