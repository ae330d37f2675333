import Generation
import Testing

@testable import WorkerProtocol

@Suite struct FrameDecoderTests {
  private func frames(_ bytes: [UInt8], chunk: Int) throws -> [Frame] {
    var decoder = FrameDecoder(side: .server, expectation: .session)
    var frames: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      decoder.append(bytes[start..<min(start + chunk, bytes.count)])
      while let frame = try decoder.next() { frames.append(frame) }
    }
    return frames
  }

  @Test(arguments: [1, 2, 3, 7, 16, 17, 18, 64, 1000, 1_000_000])
  func `the same stream cut anywhere gives the same frames`(chunk: Int) throws {
    let expected = try Samples.worker.dropFirst().map { try $0.frame() }
    #expect(try frames(try Samples.workerStream(), chunk: chunk) == expected)
  }

  @Test func `the checksum is CRC-32C`() {
    // RFC 3720 appendix B.4: 32 bytes of zeroes, of ones, and ascending.
    #expect(CRC32.castagnoli.checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
    #expect(CRC32.castagnoli.checksum([UInt8](repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
    #expect(CRC32.castagnoli.checksum(Array(0..<32)[...]) == 0x46DD_794E)
    #expect(CRC32.castagnoli.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
  }

  @Test func `the layout is the documented one`() throws {
    let bytes = try FrameEncoder.encode(Frame(.cancel, JobAttempt(job: 258, attempt: 2)))
    #expect(Array(bytes.prefix(17)) == [0, 0, 0, 17, 4, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 2])
    #expect(bytes.count == 21)
  }

  @Test func `every single changed byte is noticed`() throws {
    let good = try FrameEncoder.encode(try Samples.worker[4].frame())
    for index in good.indices {
      for flip in [UInt8(1), 0x80] {
        var bytes = good
        bytes[index] ^= flip
        var decoder = FrameDecoder(side: .server, expectation: .session)
        decoder.append(bytes)
        // A changed length may wait for more, a changed type may be another limit; no frame may come out.
        #expect((try? decoder.next()) == nil, "byte \(index)")
      }
    }
  }

  @Test func `a truncated stream gives no frame and no error`() throws {
    let bytes = try FrameEncoder.encode(try Samples.worker[8].frame())
    for count in 0..<bytes.count {
      var decoder = FrameDecoder(side: .server, expectation: .session)
      decoder.append(bytes.prefix(count))
      #expect(try decoder.next() == nil)
    }
  }

  @Test(arguments: [FrameType.image, .capabilities, .progress, .preview, .workerHeartbeat])
  func `a length over the limit is refused before its payload is buffered`(type: FrameType) throws {
    var decoder = FrameDecoder(side: .server, expectation: .session)
    let length = UInt32(type.payloadLimit + Frame.minimumLength + 1)
    var writer = ByteWriter()
    writer.write(length)
    writer.write(type.rawValue)
    decoder.append(writer.bytes)
    #expect(
      throws: ProtocolError.payloadTooLong(
        type: type, length: type.payloadLimit + 1, limit: type.payloadLimit)
    ) { try decoder.next() }
    decoder.append([UInt8](repeating: 0, count: 1000))
    #expect(decoder.bufferedBytes == 0)
    #expect(throws: ProtocolError.self) { try decoder.next() }
  }

  @Test(arguments: [0, 1, 16] as [UInt32])
  func `a length shorter than an empty frame is refused`(length: UInt32) {
    var decoder = FrameDecoder(side: .server, expectation: .session)
    var writer = ByteWriter()
    writer.write(length)
    writer.write(FrameType.drain.rawValue)
    decoder.append(writer.bytes)
    #expect(throws: ProtocolError.frameTooShort(length: Int(length), minimum: 17)) { try decoder.next() }
  }

  @Test(arguments: [0x00, 0x09, 0x7F, 0x80, 0x8F, 0xFF, FrameType.assign.rawValue, FrameType.hello.rawValue])
  func `an unknown, reflected or late handshake type is refused`(byte: UInt8) {
    var decoder = FrameDecoder(side: .server, expectation: .session)
    decoder.append([0, 0, 0, 17, byte])
    #expect(throws: ProtocolError.unexpectedType(byte)) { try decoder.next() }
  }

  @Test func `a stranger may only say hello`() throws {
    for type in FrameType.allCases where type != .hello {
      var decoder = FrameDecoder(side: .server)
      decoder.append([0, 0, 0, 17, type.rawValue])
      #expect(throws: ProtocolError.unexpectedType(type.rawValue)) { try decoder.next() }
    }
  }

  @Test func `the encoder refuses what the peer would refuse`() {
    let frame = Frame(.preview, Samples.attempt, payload: [UInt8](repeating: 0, count: (64 << 10) + 1))
    #expect(throws: ProtocolError.self) { try FrameEncoder.encode(frame) }
  }

  @Test func `random bytes never trap`() {
    var generator = SplitMix(state: 7)
    for _ in 0..<2000 {
      var decoder = FrameDecoder(side: .server, expectation: .session)
      var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if bytes.count > 5 {
        bytes.replaceSubrange(0..<5, with: [0, 0, 0, UInt8(bytes.count - 4), 0x81 + bytes[4] % 14])
      }
      decoder.append(bytes)
      while let frame = try? decoder.next() { _ = try? WorkerMessage(frame) }
    }
  }
}

/// A small seeded generator (Steele, Lea, Flood 2014), so that a failing test fails again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
