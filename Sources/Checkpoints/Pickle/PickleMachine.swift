/// An interpreter of pickles that executes nothing: instructions and names are allow lists, and calling something
/// means making an entry in a table.
///
/// Time and memory are linear in the input: each instruction makes at most one value, and there are limits on
/// bytes and instructions.
struct PickleMachine {
  /// The most instructions of one pickle; checkpoints with a trainer's state have some 100,000.
  static let instructionLimit = 1_000_000

  var input: PickleInput
  var document = PickleDocument()
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  var storageNumbers: [String: Int] = [:]
  /// Values copied from one container to another so far.
  var copies = 0
  private let label: String

  /// Interprets the pickle at the beginning of `range`; returns what it says and where it ended.
  static func run(
    _ bytes: FileBytes, _ range: Range<Int>
  ) throws(CheckpointError) -> (document: PickleDocument, end: Int) {
    var machine = PickleMachine(input: PickleInput(bytes, range), label: bytes.label)
    try machine.run()
    return (machine.document, machine.input.position)
  }

  private init(input: PickleInput, label: String) {
    self.input = input
    self.label = label
  }

  private mutating func run() throws(CheckpointError) {
    guard try input.byte() == PickleOpcode.protocolVersion.rawValue, (2...4).contains(try input.byte()) else {
      throw input.error("expected a pickle of protocol 2 to 4")
    }
    for _ in 0..<Self.instructionLimit {
      let place = input.position
      let byte = try input.byte()
      guard let opcode = PickleOpcode(rawValue: byte), opcode != .protocolVersion else {
        throw .refusedInstruction(file: label, offset: place, name: PickleOpcode.refusedName(byte))
      }
      if opcode == .stop {
        guard marks.isEmpty, stack.count == 1 else {
          throw input.error("expected one value at the end, found \(stack.count)")
        }
        document.root = stack[0]
        return
      }
      if let value = try constant(opcode) {
        stack.append(value)
      } else if try !container(opcode) {
        try other(opcode)
      }
    }
    throw input.error("more than \(Self.instructionLimit) instructions")
  }

  private mutating func other(_ opcode: PickleOpcode) throws(CheckpointError) {
    switch opcode {
    case .binaryPut: memo[Int(try input.byte())] = try top()
    case .longBinaryPut: memo[Int(try input.number(4))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binaryGet: stack.append(try recall(Int(try input.byte())))
    case .longBinaryGet: stack.append(try recall(Int(try input.number(4))))
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .frame: _ = try input.number(8)
    case .global: stack.append(.global(try global(try input.line(), try input.line())))
    case .stackGlobal: try stackGlobal()
    case .persistentID: stack.append(try storage(try pop()))
    case .reduce, .newObject:
      let arguments = try pop()
      stack.append(try call(try pop(), arguments))
    case .build: try build()
    default: throw input.error("an instruction out of place")
    }
  }

  private func recall(_ place: Int) throws(CheckpointError) -> PickleValue {
    guard let value = memo[place] else { throw input.error("nothing was remembered as \(place)") }
    return value
  }

  func top() throws(CheckpointError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw input.error("the stack is empty")
    }
    return value
  }

  mutating func pop() throws(CheckpointError) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw input.error("no mark is set") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  /// A new entry among the containers.
  mutating func add(_ items: [PickleValue]) -> Int {
    document.containers.append(items)
    return document.containers.count - 1
  }

  func global(_ module: String, _ name: String) throws(CheckpointError) -> PickleGlobal {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw .refusedGlobal(file: label, name: "\(module).\(name)".printable())
    }
    return global
  }

  private mutating func stackGlobal() throws(CheckpointError) {
    guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
      throw input.error("a global is named by something that is no text")
    }
    stack.append(.global(try global(module, name)))
  }
}
