/// Turns bytes from the wire into frames, however the bytes are cut.
///
/// Append what was read, then call `next()` until it returns nil. Called so, it never holds more than the
/// largest allowed frame and one read. After an error it stays failed: the link must be dropped.
public struct FrameDecoder: Sendable {
  /// Which frames may come; replaced when the handshake is done.
  public enum Expectation: Sendable {
    /// Only the peer's half of the handshake, a few hundred bytes at most.
    case handshake
    /// Everything the peer may send afterwards.
    case session
  }

  /// Who is reading.
  public enum Side: Sendable {
    /// Reads what workers send.
    case server
    /// Reads what the server sends.
    case worker
  }

  /// Which frames may come now.
  public var expectation: Expectation
  private let side: Side
  private var buffer: [UInt8] = []
  private var start = 0
  private var failure: ProtocolError?

  /// Makes a decoder for one new link.
  public init(side: Side, expectation: Expectation = .handshake) {
    self.side = side
    self.expectation = expectation
  }

  /// Bytes held and not yet returned as frames.
  public var bufferedBytes: Int { buffer.count - start }

  /// Takes bytes as they came.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    guard failure == nil else { return }
    if start > 0, start >= buffer.count / 2 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame, or nil until more bytes come.
  ///
  /// - Throws: what is wrong with the stream, as soon as its first bytes show it, and again at every
  ///   later call.
  public mutating func next() throws(ProtocolError) -> Frame? {
    if let failure { throw failure }
    do {
      return try parse()
    } catch {
      failure = error
      buffer = []
      start = 0
      throw error
    }
  }

  private mutating func parse() throws(ProtocolError) -> Frame? {
    var reader = ByteReader(buffer, from: start)
    guard let length = reader.read(UInt32.self), let typeByte = reader.read(UInt8.self) else { return nil }
    let type = try acceptedType(typeByte)
    let payloadLength = try payloadLength(Int(length), of: type)
    guard bufferedBytes >= Frame.lengthBytes + Int(length) else { return nil }
    guard let job = reader.read(UInt64.self), let attempt = reader.read(UInt32.self),
      let payload = reader.read(count: payloadLength), let found = reader.read(UInt32.self)
    else { return nil }
    let end = start + Frame.lengthBytes + Int(length)
    let expected = CRC32.castagnoli.checksum(buffer[start..<end - 4])
    guard found == expected else { throw .checksumMismatch(expected: expected, found: found) }
    start = end
    if start == buffer.count {
      // Keeps a small buffer for the next frames, lets a picture's go.
      buffer.removeAll(keepingCapacity: end <= 128 << 10)
      start = 0
    }
    var frame = Frame(type, payload: payload)
    frame.job = job
    frame.attempt = attempt
    return frame
  }

  private func acceptedType(_ byte: UInt8) throws(ProtocolError) -> FrameType {
    guard let type = FrameType(rawValue: byte), type.isFromWorker == (side == .server) else {
      throw .unexpectedType(byte)
    }
    let isHandshake = type == .challenge || type == .welcome || type == .hello
    guard isHandshake == (expectation == .handshake) else { throw .unexpectedType(byte) }
    return type
  }

  private func payloadLength(_ length: Int, of type: FrameType) throws(ProtocolError) -> Int {
    guard length >= Frame.minimumLength else {
      throw .frameTooShort(length: length, minimum: Frame.minimumLength)
    }
    let payload = length - Frame.minimumLength
    guard payload <= type.payloadLimit else {
      throw .payloadTooLong(type: type, length: payload, limit: type.payloadLimit)
    }
    return payload
  }
}
