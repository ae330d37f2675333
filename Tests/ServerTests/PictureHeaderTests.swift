import Testing

@testable import Server

@Suite struct PictureHeaderTests {
  @Test func `reads the three kinds`() throws {
    #expect(
      try PictureHeader.read(SamplePictures.png(width: 640, height: 480))
        == PictureHeader(kind: .png, width: 640, height: 480))
    #expect(
      try PictureHeader.read(SamplePictures.jpeg(width: 300, height: 200))
        == PictureHeader(kind: .jpeg, width: 300, height: 200))
    for bytes in [
      SamplePictures.webpLossy(width: 31, height: 17), SamplePictures.webpLossless(width: 31, height: 17),
      SamplePictures.webpExtended(width: 31, height: 17),
    ] {
      #expect(try PictureHeader.read(bytes) == PictureHeader(kind: .webp, width: 31, height: 17))
    }
  }

  @Test(arguments: [
    Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), Array("GIF89a".utf8), [], [0x89],
    Array("<html><script>alert(1)</script>".utf8),
  ])
  func `refuses other kinds whatever they are called`(_ bytes: [UInt8]) {
    #expect(throws: PictureError.unknownKind) { try PictureHeader.read(bytes) }
  }

  @Test(arguments: [(4097, 8), (8, 4097), (65535, 65535)])
  func `refuses sides over the limit from the header alone`(_ width: Int, _ height: Int) {
    #expect(throws: PictureError.tooLarge(width: width, height: height)) {
      try PictureHeader.read(SamplePictures.png(width: width, height: height))
    }
    #expect(throws: PictureError.tooLarge(width: width, height: height)) {
      try PictureHeader.read(SamplePictures.jpeg(width: width, height: height))
    }
  }

  @Test func `takes the largest and refuses an empty one`() throws {
    #expect(try PictureHeader.read(SamplePictures.png(width: 4096, height: 4096)).width == 4096)
    #expect(throws: PictureError.self) { try PictureHeader.read(SamplePictures.png(width: 0, height: 4)) }
    #expect(throws: PictureError.self) { try PictureHeader.read(SamplePictures.jpeg(width: 4, height: 0)) }
  }

  @Test(arguments: 2...8) func `an Exif segment may end before its mark does`(_ length: Int) {
    let bytes = [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(length)] + Array("Exif\0\0".utf8)
    #expect(throws: PictureError.self) { try PictureHeader.read(bytes) }
  }

  @Test func `never traps on cut or mutated files`() {
    let samples = [
      SamplePictures.png(width: 64, height: 64), SamplePictures.jpeg(width: 64, height: 64),
      SamplePictures.webpLossy(width: 64, height: 64), SamplePictures.webpLossless(width: 64, height: 64),
      SamplePictures.webpExtended(width: 64, height: 64),
    ]
    for sample in samples {
      for end in 0..<sample.count { _ = try? PictureHeader.read(Array(sample[..<end])) }
      for index in sample.indices {
        for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
          var bytes = sample
          bytes[index] = value
          _ = try? PictureHeader.read(bytes)
        }
      }
    }
  }
}
