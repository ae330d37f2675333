/// One finished picture on its way to the server.
public struct WorkerPicture: Equatable, Sendable {
  /// Place in the job, from 0.
  public var index: Int
  /// The picture's own seed.
  public var seed: Int64
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// The PNG file's bytes.
  public var png: [UInt8]
  /// A small PNG file's bytes; empty when the worker made none.
  public var thumbnail: [UInt8]
  /// Whether the safety checker made it black.
  public var isFlagged: Bool

  /// Makes a picture.
  public init(
    index: Int, seed: Int64, width: Int, height: Int, png: [UInt8], thumbnail: [UInt8] = [],
    isFlagged: Bool = false
  ) {
    self.index = index
    self.seed = seed
    self.width = width
    self.height = height
    self.png = png
    self.thumbnail = thumbnail
    self.isFlagged = isFlagged
  }

  /// Of the index, which is small: whether the picture is flagged.
  private static let flag: UInt32 = 1 << 31

  /// `u32 index | u64 seed | u32 width | u32 height | u32 png length | png | thumbnail`; the high bit of the index says that the
  /// picture is flagged.
  var payload: [UInt8] {
    var writer = ByteWriter(capacity: 24 + png.count + thumbnail.count)
    writer.write(UInt32(clamping: index) & ~Self.flag | (isFlagged ? Self.flag : 0))
    writer.write(UInt64(bitPattern: seed))
    writer.write(UInt32(clamping: width))
    writer.write(UInt32(clamping: height))
    writer.write(UInt32(clamping: png.count))
    writer.write(png)
    writer.write(thumbnail)
    return writer.bytes
  }

  init(payload: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(payload)
    guard let index = reader.read(UInt32.self), let seed = reader.read(UInt64.self),
      let width = reader.read(UInt32.self), let height = reader.read(UInt32.self),
      let length = reader.read(UInt32.self), let png = reader.read(count: Int(length)), !png.isEmpty
    else { throw .malformedPayload(type: .image, expected: "a picture's numbers and its PNG bytes") }
    self.init(
      index: Int(index & ~Self.flag), seed: Int64(bitPattern: seed), width: Int(width), height: Int(height),
      png: png,
      thumbnail: reader.readRest(), isFlagged: index & Self.flag != 0)
  }
}
