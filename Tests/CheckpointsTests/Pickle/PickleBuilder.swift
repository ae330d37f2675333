/// Writes pickles, right and wrong ones, instruction by instruction.
struct PickleBuilder {
  private(set) var bytes: [UInt8]

  init(protocolVersion: UInt8 = 2) { bytes = [0x80, protocolVersion] }

  /// Instructions as they are.
  func raw(_ more: [UInt8]) -> PickleBuilder {
    var copy = self
    copy.bytes += more
    return copy
  }

  /// Instructions whose codes are these characters.
  func code(_ text: String) -> PickleBuilder { raw(Array(text.utf8)) }

  func global(_ module: String, _ name: String) -> PickleBuilder { code("c\(module)\n\(name)\n") }

  func text(_ value: String) -> PickleBuilder {
    raw([0x58] + ZipBuilder.little(value.utf8.count, 4)).code(value)
  }

  func int(_ value: Int) -> PickleBuilder {
    (0..<256).contains(value)
      ? raw([0x4B, UInt8(value)]) : raw([0x8A, 8] + ZipBuilder.little(UInt64(bitPattern: Int64(value)), 8))
  }

  func tuple(_ values: [Int]) -> PickleBuilder {
    values.reduce(code("(")) { $0.int($1) }.code("t")
  }

  /// A storage, and a tensor that views it.
  func storage(_ type: String, _ key: String, _ count: Int, view: Bool = false) -> PickleBuilder {
    let start = code("(").text("storage").global("torch", type).text(key).text("cpu").int(count)
    return (view ? start.text("view") : start).code("tQ")
  }

  func tensor(
    _ type: String, _ key: String, _ count: Int, offset: Int = 0, shape: [Int], strides: [Int]
  ) -> PickleBuilder {
    global("torch._utils", "_rebuild_tensor_v2").code("(").storage(type, key, count).int(offset)
      .tuple(shape).tuple(strides).raw([0x89]).global("collections", "OrderedDict").code(")RtR")
  }

  /// The pickle, ended.
  func stopped() -> [UInt8] { bytes + [0x2E] }

  /// A dictionary with one tensor `w` of two float32.
  static var good: [UInt8] {
    PickleBuilder().code("}").text("w")
      .tensor("FloatStorage", "0", 2, shape: [2], strides: [1]).code("s").stopped()
  }

  /// A dictionary with what `value` pushes under `w`.
  static func dictionary(_ value: (PickleBuilder) -> PickleBuilder) -> [UInt8] {
    value(PickleBuilder().code("}").text("w")).code("s").stopped()
  }
}

extension ZipBuilder {
  /// A file of torch.save with this pickle and one storage of two float32: 1 and 2.
  static func torch(_ pickle: [UInt8] = PickleBuilder.good) -> ZipBuilder {
    ZipBuilder([
      ("z/data.pkl", pickle), ("z/byteorder", Array("little".utf8)),
      ("z/data/0", [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]), ("z/version", Array("3\n".utf8)),
    ])
  }
}
