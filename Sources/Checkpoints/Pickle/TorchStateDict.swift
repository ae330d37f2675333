/// The named tensors in what a pickle says: the dictionary under `state_dict` if there is one, else the outermost;
/// dictionaries within it, and in pairs within it, by names joined with dots.
struct TorchStateDict {
  /// The deepest dictionaries that are looked into, and the most values that are looked at.
  private static let depth = 4
  private static let limit = 200_000

  /// Names and the numbers of their tensors, in the order of the file.
  private(set) var tensors: [(name: String, tensor: Int)] = []
  /// Texts, whole numbers, true and false beside the tensors: `global_step`, an embedding's name.
  private(set) var metadata: [String: String] = [:]
  private var visited = 0
  private let document: PickleDocument
  private let file: String

  init(_ document: PickleDocument, file: String) throws(CheckpointError) {
    self.document = document
    self.file = file
    guard case .dictionary(let root) = document.root else {
      throw .unknownLayout(file: file, reason: "expected a dictionary of tensors, found another object")
    }
    for (key, value) in document.pairs(root) {
      guard case .text(let name) = key else { continue }
      switch value {
      case .text(let text): metadata[name] = text
      case .int(let number): metadata[name] = String(number)
      case .bool(let flag): metadata[name] = String(flag)
      default: break
      }
    }
    if case .dictionary(let wrapped)? = document.value("state_dict", in: root) {
      try visit(wrapped, prefix: "", depth: 1)
    } else {
      try visit(root, prefix: "", depth: 0)
    }
    guard Set(tensors.map(\.name)).count == tensors.count else { throw duplicate() }
  }

  private mutating func visit(_ dictionary: Int, prefix: String, depth: Int) throws(CheckpointError) {
    for (key, value) in document.pairs(dictionary) {
      visited += 1
      guard visited <= Self.limit else {
        throw .unknownLayout(file: file, reason: "has more than \(Self.limit) values")
      }
      guard let name = Self.name(key) else { continue }
      switch value {
      case .tensor(let tensor): tensors.append((prefix + name, tensor))
      case .dictionary(let below) where depth < Self.depth:
        try visit(below, prefix: "\(prefix)\(name).", depth: depth + 1)
      case .tuple(let items) where depth < Self.depth:
        // A hypernetwork's pair of networks.
        for (index, item) in document.containers[items].prefix(2).enumerated() {
          guard case .dictionary(let below) = item else { continue }
          try visit(below, prefix: "\(prefix)\(name).\(index).", depth: depth + 1)
        }
      default: break
      }
    }
  }

  private static func name(_ key: PickleValue) -> String? {
    switch key {
    case .text(let text): text
    case .int(let number): String(number)
    default: nil
    }
  }

  private func duplicate() -> CheckpointError {
    var seen: Set<String> = []
    let name = tensors.first { !seen.insert($0.name).inserted }?.name ?? ""
    return .duplicateTensor(file: file, tensor: name.printable())
  }
}
