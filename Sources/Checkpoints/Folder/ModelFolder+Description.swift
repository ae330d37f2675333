import Crypto

extension ModelFolder {
  /// SHA-256 of a component's weight files in lower-case hexadecimal; of shards, one after the other by name.
  ///
  /// Reads every byte: seconds for a full model, so call it off the device's thread. Pages are given back.
  public func sha256(of component: ModelComponent) throws(CheckpointError) -> String {
    var hash = SHA256()
    for file in try files(of: component) {
      unsafe file.forEachPiece { piece in unsafe hash.update(bufferPointer: piece) }
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// Bytes of all weight files.
  public func weightBytes() throws(CheckpointError) -> Int {
    var bytes = 0
    for component in ModelComponent.allCases {
      for file in try files(of: component) { bytes += file.byteCount }
    }
    return bytes
  }

  /// The stored precision of the UNet's first weight: `float16`, `bfloat16` or `float32`.
  public func precision() throws(CheckpointError) -> String {
    for file in try files(of: .unet) {
      for entry in file.entries {
        switch entry.type {
        case .float16: return "float16"
        case .bfloat16: return "bfloat16"
        case .float32: return "float32"
        default: continue
        }
      }
    }
    throw .missingTensor(name: "conv_in.weight")
  }
}
