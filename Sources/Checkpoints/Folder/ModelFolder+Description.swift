extension ModelFolder {
  /// The UNet's weight files: what is trained is what tells models apart.
  public func identifyingFiles() throws(CheckpointError) -> [String] {
    try weightFiles(of: .unet).map { "\(path)/\($0)" }
  }

  /// SHA-256 of a component's weight files in lower-case hexadecimal; of shards, one after the other by name.
  public func sha256(of component: ModelComponent) throws(CheckpointError) -> String {
    try FileHash.sha256(of: weightFiles(of: component).map { (path: "\(path)/\($0)", label: $0) })
  }

  /// Bytes of all weight files.
  public func weightBytes() throws(CheckpointError) -> Int {
    var bytes = 0
    for component in try family().components {
      for file in try files(of: component) { bytes += file.byteCount }
    }
    return bytes
  }

  /// The stored precision of the UNet's first weight: `float16`, `bfloat16` or `float32`.
  public func precision() throws(CheckpointError) -> String {
    for file in try files(of: .unet) {
      if let precision = file.entries.lazy.compactMap(\.type.precision).first { return precision }
    }
    throw .missingTensor(name: "conv_in.weight")
  }
}
