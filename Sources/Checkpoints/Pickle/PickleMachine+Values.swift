extension PickleMachine {
  /// The value of an instruction that only makes one; nil for another instruction.
  mutating func constant(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue? {
    switch opcode {
    case .none: return .nothing
    case .newTrue: return .bool(true)
    case .newFalse: return .bool(false)
    case .binaryInt: return .int(Int(Int32(truncatingIfNeeded: try input.number(4))))
    case .binaryInt1: return .int(Int(try input.number(1)))
    case .binaryInt2: return .int(Int(try input.number(2)))
    case .long1: return Self.whole(try input.take(Int(try input.byte())))
    case .binaryFloat: return .float(Double(bitPattern: try input.number(8).byteSwapped))
    case .binaryUnicode: return .text(try input.text(try input.length(4)))
    case .shortBinaryUnicode: return .text(try input.text(try input.length(1)))
    case .binaryString: return Self.string(try input.take(try input.length(4)))
    case .shortBinaryString: return Self.string(try input.take(try input.length(1)))
    case .binaryBytes: return .bytes(try input.take(try input.length(4)))
    case .shortBinaryBytes: return .bytes(try input.take(try input.length(1)))
    default: return nil
    }
  }

  /// Carries out an instruction about containers; false if it is another.
  mutating func container(_ opcode: PickleOpcode) throws(CheckpointError) -> Bool {
    switch opcode {
    case .emptyTuple: stack.append(.tuple(add([])))
    case .emptyList, .emptySet: stack.append(.list(add([])))
    case .emptyDictionary: stack.append(.dictionary(add([])))
    case .tuple: stack.append(.tuple(add(try popToMark())))
    case .tuple1: try tuple(1)
    case .tuple2: try tuple(2)
    case .tuple3: try tuple(3)
    case .append: try extend([try pop()])
    case .appends, .addItems: try extend(try popToMark())
    case .setItem:
      let value = try pop()
      try set([try pop(), value])
    case .setItems: try set(try popToMark())
    default: return false
    }
    return true
  }

  private mutating func tuple(_ count: Int) throws(CheckpointError) {
    var items: [PickleValue] = []
    for _ in 0..<count { items.append(try pop()) }
    stack.append(.tuple(add(items.reversed())))
  }

  private mutating func extend(_ items: [PickleValue]) throws(CheckpointError) {
    switch try top() {
    case .list(let list): document.containers[list] += items
    case .opaque: break
    default: throw input.error("something is appended to what is no list")
    }
  }

  private mutating func set(_ items: [PickleValue]) throws(CheckpointError) {
    guard items.count.isMultiple(of: 2) else { throw input.error("a dictionary's key has no value") }
    switch try top() {
    case .dictionary(let dictionary): document.containers[dictionary] += items
    case .opaque: break
    default: throw input.error("an item is set in what is no dictionary")
    }
  }

  /// Python 2's strings: text where they are UTF-8.
  private static func string(_ bytes: [UInt8]) -> PickleValue {
    String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
  }

  /// A whole number in two's complement, little-endian.
  private static func whole(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count <= 8 else { return .long(bytes) }
    let isNegative = (bytes.last ?? 0) & 0x80 != 0
    let value = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
    return .int(Int(truncatingIfNeeded: value))
  }
}
