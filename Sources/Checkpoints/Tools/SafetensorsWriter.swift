/// Writes safetensors files, whole or not at all.
public enum SafetensorsWriter {
  /// Writes the tensors to a file, one at a time in memory.
  ///
  /// Widest types come first and then names, so that each is aligned, as the format's own library orders them.
  /// - Throws: `CheckpointError`: `.unwritableFile`, or what is wrong with a source. The target is then as before.
  public static func write(
    _ tensors: [OutputTensor], metadata: [String: String], to path: String
  ) throws(CheckpointError) {
    let ordered = tensors.sorted { ($1.type.bits, $0.name) < ($0.type.bits, $1.name) }
    let file = try NewFile(path: path)
    let header = header(ordered, metadata)
    var length: [UInt8] = []
    for place in 0..<8 { length.append(UInt8(truncatingIfNeeded: header.count >> (8 * place))) }
    let start = FileBytes(copying: length + header, label: "header")
    try unsafe start.withUnsafeBytes(0..<start.count) { bytes throws(CheckpointError) in
      unsafe try file.append(bytes)
    }
    for tensor in ordered {
      try unsafe tensor.write { bytes throws(CheckpointError) in unsafe try file.append(bytes) }
    }
    try file.commit()
  }

  /// The JSON, with spaces behind it up to a multiple of eight bytes.
  private static func header(_ tensors: [OutputTensor], _ metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var start = 0
    for tensor in tensors {
      let end = start + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    let json = Array("{\(members.joined(separator: ","))}".utf8)
    return json + Array(repeating: 0x20, count: (8 - json.count % 8) % 8)
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
