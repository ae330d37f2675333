public import Generation

/// The worker's half of the handshake.
public struct HandshakeHello: Equatable, Sendable {
  /// The protocol version it speaks.
  public var version: UInt16
  /// Its name.
  public var worker: WorkerID
  /// Nonce W, 32 bytes.
  public var nonce: [UInt8]
  /// HMAC-SHA256(key, "w" | version | id | S | W), 32 bytes.
  public var proof: [UInt8]

  /// Makes a hello.
  public init(version: UInt16, worker: WorkerID, nonce: [UInt8], proof: [UInt8]) {
    self.version = version
    self.worker = worker
    self.nonce = nonce
    self.proof = proof
  }

  /// `u16 version | 32 bytes nonce | 32 bytes proof | id`.
  var payload: [UInt8] {
    var writer = ByteWriter()
    writer.write(version)
    writer.write(nonce)
    writer.write(proof)
    writer.write(Array(worker.rawValue.utf8))
    return writer.bytes
  }

  init(payload: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(payload)
    guard let version = reader.read(UInt16.self), let nonce = reader.read(count: 32),
      let proof = reader.read(count: 32)
    else { throw .malformedPayload(type: .hello, expected: "a version, a nonce and a proof") }
    let name = reader.readRest()
    guard let worker = WorkerID(validating: name) else {
      throw .malformedPayload(
        type: .hello, expected: "a worker name of 1 to 64 letters, digits, '.', '_', '-'")
    }
    self.init(version: version, worker: worker, nonce: nonce, proof: proof)
  }
}

extension WorkerID {
  /// Reads a worker's name: 1 to 64 ASCII letters, digits, `.`, `_` or `-`; nil for anything else.
  public init?(validating name: some Collection<UInt8>) {
    let extra = Array("._-".utf8)
    guard (1...64).contains(name.count),
      name.allSatisfy({
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || extra.contains($0)
      })
    else { return nil }
    self.init(String(decoding: name, as: UTF8.self))
  }
}
