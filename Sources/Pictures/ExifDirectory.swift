/// The entries of Exif data: a TIFF structure, as JPEG and WebP files carry one (Exif 2.32, TIFF 6.0 section 2).
///
/// Nothing in it is believed: what lies outside the bytes is not there.
public struct ExifDirectory: Sendable {
  private let bytes: [UInt8]
  private let isLittleEndian: Bool

  /// Takes the TIFF structure; nil where it is none.
  public init?(_ bytes: some Collection<UInt8>) {
    self.bytes = Array(bytes)
    switch self.bytes.prefix(2) {
    case [0x49, 0x49]: isLittleEndian = true
    case [0x4D, 0x4D]: isLittleEndian = false
    default: return nil
    }
    guard number(2, bytes: 2) == 42 else { return nil }
  }

  /// How the camera was held, tag 0x0112; nil where it does not say.
  public var orientation: Orientation? {
    guard let start = number(4, bytes: 4), let entry = entry(0x0112, in: start),
      number(entry + 2, bytes: 2) == Self.short, let value = number(entry + 8, bytes: 2)
    else { return nil }
    return Orientation(rawValue: value)
  }

  /// The user's comment, tag 0x9286, where the web UI puts its parameters; nil without one.
  ///
  /// Unicode text is in the file's order of bytes by the standard and in either in the wild: the zero of a first
  /// Latin letter tells.
  public var userComment: String? {
    guard let start = number(4, bytes: 4), let pointer = entry(0x8769, in: start),
      let directory = number(pointer + 8, bytes: 4), let entry = entry(0x9286, in: directory),
      let count = number(entry + 4, bytes: 4), count >= Self.codeSize,
      let offset = number(entry + 8, bytes: 4), offset <= bytes.count, count <= bytes.count - offset
    else { return nil }
    let value = bytes[offset..<offset + count]
    let text = value.dropFirst(Self.codeSize)
    guard value.starts(with: Array("UNICODE\0".utf8)) else {
      return String(decoding: text, as: UTF8.self)
    }
    let isBig = text.first == 0
    let units = stride(from: text.startIndex, to: text.endIndex - 1, by: 2).map { at -> UInt16 in
      let (first, second) = (UInt16(text[at]), UInt16(text[at + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// The type of a 16-bit number, which stands in the entry itself.
  private static let short = 3
  /// The name of a comment's encoding before it.
  private static let codeSize = 8

  /// Where a directory's entry of a tag is.
  private func entry(_ tag: Int, in directory: Int) -> Int? {
    guard let count = number(directory, bytes: 2) else { return nil }
    for index in 0..<count {
      let offset = directory + 2 + index * 12
      guard let found = number(offset, bytes: 2) else { return nil }
      if found == tag { return offset }
    }
    return nil
  }

  private func number(_ offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    let part = bytes[offset..<offset + count]
    return isLittleEndian ? part.reversed().reduce(0, Self.joined) : part.reduce(0, Self.joined)
  }

  private static func joined(_ high: Int, _ low: UInt8) -> Int { high << 8 | Int(low) }
}
