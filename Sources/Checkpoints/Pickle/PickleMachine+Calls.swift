extension PickleMachine {
  /// What calling `function` gives: an entry in a table, or nothing of interest.
  mutating func call(_ function: PickleValue, _ arguments: PickleValue) throws(CheckpointError) -> PickleValue
  {
    guard case .tuple(let number) = arguments else { throw input.error("arguments must be a tuple") }
    let arguments = document.containers[number]
    switch function {
    case .global(.orderedDictionary): return .dictionary(add(try pairs(arguments)))
    case .global(.rebuildTensor): return .tensor(try tensor(arguments))
    case .global(.rebuildParameter):
      guard case .tensor(let tensor)? = arguments.first else {
        throw input.error("a parameter is made of something that is no tensor")
      }
      return .tensor(tensor)
    case .global(.ignored), .opaque: return .opaque
    default: throw input.error("something is called that is no function")
    }
  }

  /// State set on an object: of a dictionary's there is none of interest (`_metadata`), of others nothing is kept.
  mutating func build() throws(CheckpointError) {
    _ = try pop()
    switch try top() {
    case .dictionary, .opaque, .tensor: return
    default: throw input.error("state is set on what has none")
    }
  }

  /// `('storage', type, key, device, elements)`, in the old format with a view behind it, which must be none.
  mutating func storage(_ identifier: PickleValue) throws(CheckpointError) -> PickleValue {
    guard case .tuple(let number) = identifier else { throw input.error("a storage is named by no tuple") }
    let parts = document.containers[number]
    guard (5...6).contains(parts.count), parts[0] == .text("storage"),
      case .global(.storage(let type)) = parts[1],
      case .text(let key) = parts[2], case .int(let count) = parts[4], count >= 0
    else { throw input.error("expected ('storage', type, key, device, count)") }
    guard parts.count == 5 || parts[5] == .nothing else {
      throw input.error(
        "storage '\(key)' is a view of another, as before 2018; save the file anew with PyTorch")
    }
    let storage = PickleDocument.Storage(key: key, type: type, count: count)
    if let known = storageNumbers[key] {
      guard document.storages[known] == storage else {
        throw input.error("storage '\(key)' is described twice, differently")
      }
      return .storage(known)
    }
    storageNumbers[key] = document.storages.count
    document.storages.append(storage)
    return .storage(document.storages.count - 1)
  }

  /// `OrderedDict()`, or of a list of pairs.
  private mutating func pairs(_ arguments: [PickleValue]) throws(CheckpointError) -> [PickleValue] {
    guard let first = arguments.first else { return [] }
    guard arguments.count == 1, case .list(let list) = first else {
      throw input.error("a dictionary is made of something that is no list")
    }
    var items: [PickleValue] = []
    for item in document.containers[list] {
      guard let pair = elements(item), pair.count == 2 else {
        throw input.error("a dictionary is made of something that is no pair")
      }
      items += pair
    }
    // The same list may be named again and again: copies count as instructions do.
    copies += items.count
    guard copies <= Self.instructionLimit else { throw input.error("dictionaries are copied without end") }
    return items
  }

  private func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let number), .list(let number): document.containers[number]
    default: nil
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
  private mutating func tensor(_ arguments: [PickleValue]) throws(CheckpointError) -> Int {
    guard (6...7).contains(arguments.count), case .storage(let storage) = arguments[0],
      case .int(let offset) = arguments[1], case .tuple(let size) = arguments[2],
      case .tuple(let stride) = arguments[3]
    else { throw input.error("expected a tensor's storage, offset, size and stride") }
    let tensor = PickleDocument.Tensor(
      storage: storage, offset: offset, shape: try sizes(size), strides: try sizes(stride))
    try check(tensor)
    document.tensors.append(tensor)
    return document.tensors.count - 1
  }

  private func sizes(_ tuple: Int) throws(CheckpointError) -> [Int] {
    let values = document.containers[tuple]
    guard values.count <= 8 else { throw input.error("a tensor has \(values.count) dimensions, more than 8") }
    var sizes: [Int] = []
    for value in values {
      guard case .int(let size) = value, size >= 0 else {
        throw input.error("a tensor's size is no whole number")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// The last element must lie in the storage, and there may not be more elements than the storage has.
  private func check(_ tensor: PickleDocument.Tensor) throws(CheckpointError) {
    let available = document.storages[tensor.storage].count
    guard tensor.shape.count == tensor.strides.count, tensor.offset >= 0, tensor.offset <= available else {
      throw input.error("a tensor does not fit its storage")
    }
    guard !tensor.shape.contains(0) else { return }
    var (last, count, isHuge) = (tensor.offset, 1, false)
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      let (reach, overflowed) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflowedToo) = last.addingReportingOverflow(reach)
      let (product, overflowedAgain) = count.multipliedReportingOverflow(by: size)
      (last, count) = (sum, product)
      isHuge = isHuge || overflowed || overflowedToo || overflowedAgain
    }
    guard !isHuge, last < available, count <= available else {
      throw input.error(
        "a tensor of sizes \(tensor.shape) and strides \(tensor.strides) at \(tensor.offset) does not fit its "
          + "storage of \(available) elements")
    }
  }
}
