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
