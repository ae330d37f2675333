/// Turns frames into bytes for the wire.
public enum FrameEncoder {
  /// The bytes of one frame.
  ///
  /// - Throws: `ProtocolError.payloadTooLong` when the payload is over its type's limit, so that a peer
  ///   never has to drop the link over what this side sent.
  public static func encode(_ frame: Frame) throws(ProtocolError) -> [UInt8] {
    let limit = frame.type.payloadLimit
    guard frame.payload.count <= limit else {
      throw .payloadTooLong(type: frame.type, length: frame.payload.count, limit: limit)
    }
    let length = Frame.minimumLength + frame.payload.count
    var writer = ByteWriter(capacity: Frame.lengthBytes + length)
    writer.write(UInt32(length))
    writer.write(frame.type.rawValue)
    writer.write(frame.job)
    writer.write(frame.attempt)
    writer.write(frame.payload)
    writer.write(CRC32.castagnoli.checksum(writer.bytes[...]))
    return writer.bytes
  }
}
