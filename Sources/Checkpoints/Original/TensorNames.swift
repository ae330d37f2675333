/// The names and shapes of a file's tensors below a prefix.
struct TensorNames {
  /// The names, without the prefix, sorted.
  let names: [String]
  private let prefix: String
  private let shapes: [String: [Int]]

  /// Takes the tensors whose names begin with `prefix`.
  init(_ entries: [TensorEntry], prefix: String) {
    self.prefix = prefix
    let below = entries.filter { $0.name.hasPrefix(prefix) }
    shapes = Dictionary(
      below.map { (String($0.name.dropFirst(prefix.count)), $0.shape) },
      uniquingKeysWith: { first, _ in first })
    names = shapes.keys.sorted()
  }

  /// Whether there is nothing below the prefix.
  var isEmpty: Bool { names.isEmpty }

  /// Whether there is a tensor of that name.
  func contains(_ name: String) -> Bool { shapes[name] != nil }

  /// Whether any tensor's name begins so.
  func hasAny(below place: String) -> Bool { !names(below: place).isEmpty }

  /// The names that begin with `place`, sorted.
  func names(below place: String) -> ArraySlice<String> {
    var (low, high) = (0, names.count)
    while low < high {
      let middle = (low + high) / 2
      if names[middle] < place { low = middle + 1 } else { high = middle }
    }
    return names[low...].prefix { $0.hasPrefix(place) }
  }

  /// A size of a tensor; throws `.missingTensor`, or `.wrongShape` if it has fewer dimensions.
  func size(_ name: String, _ dimension: Int) throws(CheckpointError) -> Int {
    guard let shape = shapes[name] else { throw .missingTensor(name: prefix + name) }
    guard dimension < shape.count, shape[dimension] > 0 else {
      throw .wrongShape(
        name: prefix + name, expected: Array(repeating: 1, count: dimension + 1), found: shape)
    }
    return shape[dimension]
  }

  /// How many dimensions a tensor has; 0 if there is none.
  func rank(_ name: String) -> Int { shapes[name]?.count ?? 0 }

  /// How many places `place.0.`, `place.1.` … there are, one after the other, at most `limit`.
  func count(below place: String, limit: Int = 64) -> Int {
    (0..<limit).first { !hasAny(below: "\(place).\($0).") } ?? limit
  }
}
