import Checkpoints
import Testing

@Suite struct PickleMachineTests {
  /// A pickle and a part of the error it must give.
  struct Attack: CustomTestStringConvertible, Sendable {
    let name: String
    let message: String
    let pickle: [UInt8]

    init(_ name: String, _ message: String, _ pickle: [UInt8]) {
      (self.name, self.message, self.pickle) = (name, message, pickle)
    }

    var testDescription: String { name }
  }

  private static func value(_ build: (PickleBuilder) -> PickleBuilder) -> [UInt8] {
    PickleBuilder.dictionary(build)
  }

  /// What runs code in readers that execute pickles.
  static let names = [
    ("posix", "system"), ("os", "system"), ("nt", "system"), ("builtins", "eval"), ("builtins", "exec"),
    ("__builtin__", "eval"), ("builtins", "getattr"), ("subprocess", "Popen"), ("runpy", "_run_code"),
    ("operator", "methodcaller"), ("operator", "attrgetter"), ("functools", "partial"), ("torch", "load"),
    ("torch.hub", "load"), ("torch._C", "_jit_set_profiling_mode"), ("torch.storage", "_load_from_bytes"),
    ("torch._utils", "_import_dotted_name"), ("torch", "UntypedStorage"), ("numpy", "load"),
    ("pickle", "loads"),
    ("collections", "defaultdict"), ("torch._utils", "_rebuild_tensor_v2.__globals__"),
    ("importlib", "import_module"),
    ("asyncio.unix_events", "_UnixSubprocessTransport._start"), ("torch FloatStorage", ""), ("", ""),
  ]

  static let calls: [Attack] = names.map { (module: String, name: String) -> Attack in
    let pickle = value { $0.global(module, name).code("(").text("touch canary").code("tR") }
    return Attack("\(module).\(name)", "names \(module).\(name)", pickle)
  }

  static let attacks: [Attack] = [
    Attack(
      "a name from the stack", "names posix.system",
      PickleBuilder(protocolVersion: 4).text("posix").text("system").raw([0x93]).stopped()),
    Attack("INST", "instruction INST", value { $0.code("(").text("x").code("iposix\nsystem\n") }),
    Attack("OBJ", "instruction OBJ", value { $0.code("(o") }),
    Attack("EXT1", "instruction EXT1", value { $0.raw([0x82, 1]) }),
    Attack("NEWOBJ_EX", "instruction NEWOBJ_EX", value { $0.raw([0x92]) }),
    Attack("an unknown instruction", "instruction 0xff", value { $0.raw([0xFF]) }),
    Attack("protocol 0", "expected a pickle of protocol", Array("(dp0\n.".utf8)),
    Attack(
      "protocol 5", "expected a pickle of protocol", PickleBuilder(protocolVersion: 5).code("}").stopped()),
    Attack("state of a class", "state is set", value { $0.global("collections", "OrderedDict").code("}b") }),
    Attack(
      "a storage called", "called that is no function",
      value { $0.global("torch", "FloatStorage").code(")R") }),
    Attack("a second pickle", "follows the end", PickleBuilder.good + PickleBuilder.good),
    Attack("no end", "are left", Array(PickleBuilder.good.dropLast())),
    Attack("two values", "expected one value", PickleBuilder().code("}}").stopped()),
    Attack("an open mark", "expected one value", PickleBuilder().code("}(").stopped()),
    Attack("an empty stack", "stack is empty", PickleBuilder().code("0").stopped()),
    Attack("no mark", "no mark", PickleBuilder().code("}u").stopped()),
    Attack("a key without a value", "has no value", PickleBuilder().code("}(Nu").stopped()),
    Attack("an item below a mark", "stack is empty", PickleBuilder().code("}N(s").stopped()),
    Attack("nothing remembered", "nothing was remembered", PickleBuilder().code("h\u{7}").stopped()),
    Attack("a text of four gigabytes", "is announced", value { $0.raw([0x58, 0xFF, 0xFF, 0xFF, 0xFF]) }),
    Attack("a text that is no UTF-8", "expected UTF-8", value { $0.raw([0x58, 1, 0, 0, 0, 0xFF]) }),
    Attack("an endless name", "longer than 256", value { $0.code("c" + String(repeating: "a", count: 300)) }),
    Attack("no dictionary", "expected a dictionary", PickleBuilder().code("]").stopped()),
    Attack(
      "lists a hundred thousand deep", "expected a dictionary",
      PickleBuilder().raw(Array(repeating: 0x5D, count: 100_000) + Array(repeating: 0x61, count: 99_999))
        .stopped()),
    Attack("instructions without end", "instructions", PickleBuilder().raw(endless).stopped()),
    Attack("dictionaries in dictionaries without end", "more than 200000 values", laughs),
    Attack("copies without end", "without end", copies),
  ]

  private static let endless = [[UInt8]](repeating: [0x4E, 0x30], count: 500_001).flatMap { $0 }

  /// 1000 times one dictionary with 1000 times another, which has 1000 values.
  private static var laughs: [UInt8] {
    var builder = PickleBuilder().code("}")
    for number in 0..<1000 { builder = builder.int(number).code("Ns") }
    for level: UInt8 in 1...2 {
      builder = builder.raw([0x71, level]).code("0}")
      for number in 0..<1000 { builder = builder.int(number).raw([0x68, level]).code("s") }
    }
    return builder.stopped()
  }

  /// A thousand pairs, made a dictionary again and again.
  private static var copies: [UInt8] {
    var builder = PickleBuilder().code("]q\u{1}(")
    for _ in 0..<1000 { builder = builder.code("NN").raw([0x86]) }
    builder = builder.code("e0}")
    for number in 0..<1000 {
      builder = builder.int(number).global("collections", "OrderedDict").code("h\u{1}").raw([0x85]).code("Rs")
    }
    return builder.stopped()
  }

  static let tensors: [Attack] = [
    Attack("a tensor larger than its storage", "does not fit", tensor(shape: [3], strides: [1])),
    Attack("an offset outside", "does not fit", tensor(offset: 3, shape: [0], strides: [1])),
    Attack("a negative offset", "does not fit", tensor(offset: -1, shape: [1], strides: [1])),
    Attack("a negative stride", "no whole number", tensor(offset: 1, shape: [2], strides: [-1])),
    Attack("a negative size", "no whole number", tensor(shape: [-1], strides: [1])),
    Attack("a stride of zero, a terabyte wide", "does not fit", tensor(shape: [1 << 40], strides: [0])),
    Attack("sizes that overflow", "does not fit", tensor(shape: [1 << 62, 4], strides: [0, 0])),
    Attack("strides that overflow", "does not fit", tensor(shape: [3, 3], strides: [1 << 62, 1 << 62])),
    Attack("more strides than sizes", "does not fit", tensor(shape: [1], strides: [1, 1])),
    Attack("nine dimensions", "more than 8", tensor(shape: Array(repeating: 1, count: 9), strides: [])),
    Attack(
      "a forged count", "has 8 bytes",
      value { $0.tensor("FloatStorage", "0", 1 << 61, shape: [1], strides: [1]) }),
    Attack(
      "a count that overflows", "has 8 bytes",
      value { $0.tensor("LongStorage", "0", .max, shape: [1], strides: [1]) }),
    Attack(
      "a smaller count", "has 8 bytes", value { $0.tensor("FloatStorage", "0", 1, shape: [1], strides: [1]) }),
    Attack(
      "a storage described twice", "described twice",
      value {
        $0.storage("FloatStorage", "0", 2).code("0").tensor("HalfStorage", "0", 4, shape: [4], strides: [1])
      }),
    Attack("a storage's view", "view of another", value { $0.storage("FloatStorage", "0", 2, view: true) }),
    Attack("a storage that is no tuple", "named by no tuple", value { $0.code("NQ") }),
    Attack(
      "a storage of another kind", "expected ('storage'",
      value {
        $0.code("(").text("module").global("torch", "FloatStorage").text("0").text("cpu").int(2).code("tQ")
      }),
    Attack(
      "a tensor of something else", "a tensor's storage",
      value { $0.global("torch._utils", "_rebuild_tensor_v2").code("(NNNNNNtR") }),
    Attack(
      "a storage elsewhere", "no data for storage '../../etc/passwd'",
      value { $0.tensor("FloatStorage", "../../etc/passwd", 2, shape: [2], strides: [1]) }),
  ]

  private static func tensor(offset: Int = 0, shape: [Int], strides: [Int]) -> [UInt8] {
    value { $0.tensor("FloatStorage", "0", 2, offset: offset, shape: shape, strides: strides) }
  }

  @Test(arguments: [calls, attacks, tensors].flatMap { $0 })
  func `each attack ends in an error that says why`(_ attack: Attack) throws {
    let error = #expect(throws: CheckpointError.self) {
      try TensorFiles.open(bytes: ZipBuilder.torch(attack.pickle).bytes(), label: "evil.ckpt")
    }
    #expect(error?.description.contains(attack.message) == true, "\(error?.description ?? "")")
  }

  @Test func `a dictionary within itself is only a dictionary`() throws {
    let pickle = PickleBuilder().code("}q\u{1}").text("me").code("h\u{1}s").stopped()
    let file = try TensorFiles.open(bytes: ZipBuilder.torch(pickle).bytes(), label: "m")
    #expect(file.entries.isEmpty)
  }

  @Test func `a name that stands twice is an error, and never reaches a terminal raw`() throws {
    let pickle = PickleBuilder().code("}(").text("w\u{1B}[2J")
      .tensor("FloatStorage", "0", 2, shape: [2], strides: [1]).text("w\u{1B}[2J")
      .tensor("FloatStorage", "0", 2, shape: [1], strides: [1]).code("u").stopped()
    #expect(throws: CheckpointError.duplicateTensor(file: "m", tensor: "w?[2J")) {
      try TensorFiles.open(bytes: ZipBuilder.torch(pickle).bytes(), label: "m")
    }
  }

  @Test func `no changed byte of a pickle crashes the interpreter`() throws {
    let good = PickleBuilder.good
    var random = SystemRandomNumberGenerator()
    for round in 0..<4000 {
      var bytes = good
      // Each place alone at first, then several at once.
      if round < good.count { bytes[round] = UInt8.random(in: .min ... .max, using: &random) }
      for _ in 0..<(round < good.count ? 0 : 3) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      do {
        let file = try TensorFiles.open(bytes: ZipBuilder.torch(bytes).bytes(), label: "m")
        for entry in file.entries { _ = try file.stored(entry.name) }
      } catch { #expect(!error.description.isEmpty) }
    }
  }
}
