/// A part of a picture that a job starts from, on its way to the worker.
///
/// The parts of a file come in order, and every file of a job before the job itself, so that a worker never holds
/// a job it cannot begin.
public struct InputChunk: Equatable, Sendable {
  /// Most bytes in one part.
  public static let most = 1 << 20
  /// Most bytes of one file.
  public static let fileLimit = 64 << 20

  /// The whole file's SHA-256 in lower-case hexadecimal.
  public var sha256: String
  /// Where in the file this part begins.
  public var offset: Int
  /// Bytes of the whole file.
  public var total: Int
  /// This part's bytes.
  public var bytes: [UInt8]

  /// Makes a part.
  public init(sha256: String, offset: Int, total: Int, bytes: [UInt8]) {
    self.sha256 = sha256
    self.offset = offset
    self.total = total
    self.bytes = bytes
  }

  /// A file in parts.
  public static func parts(of file: [UInt8], sha256: String) -> [InputChunk] {
    stride(from: 0, to: file.count, by: most).map { offset in
      InputChunk(
        sha256: sha256, offset: offset, total: file.count,
        bytes: Array(file[offset..<min(offset + most, file.count)]))
    }
  }

  /// `64 bytes sha256 | u32 offset | u32 total | bytes`.
  var payload: [UInt8] {
    var writer = ByteWriter(capacity: 72 + bytes.count)
    writer.write(Array(sha256.utf8))
    writer.write(UInt32(clamping: offset))
    writer.write(UInt32(clamping: total))
    writer.write(bytes)
    return writer.bytes
  }

  init(payload: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(payload)
    guard let name = reader.read(count: 64), let offset = reader.read(UInt32.self),
      let total = reader.read(UInt32.self)
    else { throw Self.malformed }
    let bytes = reader.readRest()
    let isHash = name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isHash, !bytes.isEmpty, Int(total) <= Self.fileLimit, Int(offset) + bytes.count <= Int(total) else {
      throw Self.malformed
    }
    self.init(
      sha256: String(decoding: name, as: UTF8.self), offset: Int(offset), total: Int(total), bytes: bytes)
  }

  private static let malformed = ProtocolError.malformedPayload(
    type: .input, expected: "a hash, an offset, a size of at most 64 MiB and bytes within it")
}
