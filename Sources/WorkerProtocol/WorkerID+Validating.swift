public import Generation

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
