import Foundation
import PNG
import PictureFiles
import Pictures
import Testing

/// Against Pillow and Little CMS: Tests/goldens/picture_files_golden.py.
@Suite struct PictureFileTests {
  private static let names = [
    "rgb.png", "grey16.png", "bits.png", "alpha.png", "palette.png", "p3.png", "plain.jpg", "progressive.jpg",
    "grey.jpg", "cmyk.jpg", "orientation3.jpg", "orientation6.jpg", "p3.jpg", "lossless.webp", "alpha.webp",
    "lossy.webp", "orientation8.webp",
  ]

  private static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  @Test(arguments: names) func `a picture is what Pillow sees`(name: String) throws {
    let found = try PictureFile.decode(try Self.bytes(name)).picture
    let wanted = try PNGImage(decoding: try Self.bytes("\(name).expected.png"))
    #expect((found.width, found.height) == (wanted.width, wanted.height))
    // Rounding of colours and of JPEG's transform differs by one; another decoder's CMYK by some more.
    let tolerance = name == "cmyk.jpg" ? 3 : name.hasPrefix("p3") ? 4 : 1
    let worst = zip(found.rgb, wanted.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= tolerance, "\(name): differs by \(worst ?? -1)")
  }

  @Test func `transparency is kept apart, and makes a mask`() throws {
    for name in ["alpha.png", "alpha.webp"] {
      let decoded = try PictureFile.decode(try Self.bytes(name))
      let alpha = try #require(decoded.alpha)
      #expect(alpha.values[0] == 0 && alpha.values.last == 255)
      #expect(Set(decoded.mask.values) == [0, 255])
    }
    #expect(try PictureFile.decode(try Self.bytes("rgb.png")).alpha == nil)
  }

  @Test func `a moving picture, another kind and too many pixels are refused`() throws {
    let moving = try Self.bytes("moving.webp")
    #expect(throws: PictureFileError.animated) { try PictureFile.decode(moving) }
    for bytes: [UInt8] in [[], [1, 2, 3], Array("<svg/>".utf8), Array("RIFFxxxxWEBX".utf8)] {
      #expect(throws: PictureFileError.unknownKind) { try PictureFile.decode(bytes) }
    }
    var limits = PNGLimits()
    limits.maxSide = 19
    for name in ["rgb.png", "plain.jpg", "lossless.webp"] {
      let bytes = try Self.bytes(name)
      #expect(throws: PictureFileError.tooLarge(width: 20, height: 14, maxSide: 19, maxPixels: 16 << 20)) {
        try PictureFile.decode(bytes, limits: limits)
      }
    }
  }

  @Test(arguments: names) func `a file that ends too early or is damaged never crashes`(name: String) throws {
    let whole = try Self.bytes(name)
    for count in stride(from: 3, to: whole.count - 16, by: max(whole.count / 40, 1)) {
      #expect(throws: PictureFileError.self, "\(count) bytes") {
        try PictureFile.decode(Array(whole.prefix(count)))
      }
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      var damaged = whole
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(in: 1...255)
      }
      // Some damage still makes a picture; none may bring the process down.
      _ = try? PictureFile.decode(damaged)
    }
  }
}
