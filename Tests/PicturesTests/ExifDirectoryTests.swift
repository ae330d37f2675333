import Pictures
import Testing

@Suite struct ExifDirectoryTests {
  /// A TIFF structure whose only entry points to a directory with a comment, in the order of bytes asked for.
  private func exif(_ comment: [UInt8], little: Bool) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return little ? bytes : bytes.reversed()
    }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Int) -> [UInt8] {
      number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 4)
    }
    let head = (little ? [0x49, 0x49] : [0x4D, 0x4D]) + number(42, 2) + number(8, 4)
    let first = number(1, 2) + entry(0x8769, 4, 1, 26) + number(0, 4)
    let second = number(1, 2) + entry(0x9286, 7, comment.count, 44) + number(0, 4)
    return head + first + second + comment
  }

  private let text = "a cat, é 猫\nSteps: 20"

  private func utf16(little: Bool) -> [UInt8] {
    text.utf16.flatMap { little ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)] }
  }

  @Test(arguments: [true, false], [true, false])
  func `a comment is read in every order of bytes`(file: Bool, characters: Bool) {
    let comment = Array("UNICODE\0".utf8) + utf16(little: characters)
    #expect(ExifDirectory(exif(comment, little: file))?.userComment == text)
  }

  @Test func `a comment of another encoding is UTF-8`() {
    let comment = Array("ASCII\0\0\0Steps: 20".utf8)
    #expect(ExifDirectory(exif(comment, little: false))?.userComment == "Steps: 20")
    #expect(ExifDirectory(exif([UInt8](repeating: 0, count: 8), little: true))?.userComment == "")
  }

  @Test func `cut data has no comment, and numbers that lead outside none either`() {
    let whole = exif(Array("UNICODE\0".utf8) + utf16(little: true), little: true)
    for count in 0..<whole.count { #expect(ExifDirectory(whole.prefix(count))?.userComment == nil) }
    for place in 8..<44 {
      var damaged = whole
      damaged[place] = 255
      _ = ExifDirectory(damaged)?.userComment
    }
  }

  @Test func `Exif is found behind other segments, and damage ends the search`() {
    let mark = Array("Exif\0\0".utf8)
    let content = mark + [1, 2, 3]
    let segment = [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 9, 9] + segment + [0xFF, 0xDA, 0, 2]
    #expect(JPEGSegments(jpeg).exif == [1, 2, 3])
    for count in 0..<jpeg.count - 4 { #expect(JPEGSegments(Array(jpeg.prefix(count))).exif == []) }
    #expect(JPEGSegments([0xFF, 0xD8, 0xFF, 0xDA, 0, 2] + segment).exif == [])
  }
}
