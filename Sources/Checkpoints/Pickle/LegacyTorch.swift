/// The format of `torch.save` before 2020: a magic number, a protocol number, the writer's sizes, the object and
/// the keys of its storages, five pickles one behind the other; then each storage, its count before it.
struct LegacyTorch {
  /// What the fourth pickle says.
  let document: PickleDocument
  /// Where its storages are.
  let storages: TorchStorages

  /// 0x1950a86a20f9469cfc6c as a pickle of protocol 2 has it.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// Whether a file begins as a pickle of protocol 2 or more does.
  static func begins(_ bytes: FileBytes) -> Bool {
    let start = bytes.copy(0..<min(2, bytes.count))
    return start.count == 2 && start[0] == 0x80 && (2...5).contains(start[1])
  }

  /// Interprets the pickles and finds the storages, which must fill the file to its end.
  init(_ bytes: FileBytes) throws(CheckpointError) {
    var place = 0
    let magic = try Self.next(bytes, &place)
    guard magic.root == .long(Self.magic) else {
      throw .malformedPickle(file: bytes.label, offset: 0, reason: "expected the magic number of torch.save")
    }
    let version = try Self.next(bytes, &place)
    guard version.root == .int(1001) else {
      throw .malformedPickle(file: bytes.label, offset: place, reason: "expected protocol 1001 of torch.save")
    }
    let system = try Self.next(bytes, &place)
    guard case .dictionary(let facts) = system.root, system.value("little_endian", in: facts) == .bool(true)
    else {
      throw .malformedPickle(file: bytes.label, offset: place, reason: "expected a little-endian writer")
    }
    document = try Self.next(bytes, &place)
    let keys = try Self.next(bytes, &place)
    storages = TorchStorages(
      bytes, ranges: try Self.ranges(bytes, place, document, try Self.keys(keys, bytes)))
  }

  private static func next(_ bytes: FileBytes, _ place: inout Int) throws(CheckpointError) -> PickleDocument {
    let (document, end) = try PickleMachine.run(bytes, place..<bytes.count)
    place = end
    return document
  }

  private static func keys(_ document: PickleDocument, _ bytes: FileBytes) throws(CheckpointError) -> [String]
  {
    var keys: [String] = []
    if case .list(let list) = document.root {
      for case .text(let key) in document.containers[list] { keys.append(key) }
      if keys.count == document.containers[list].count { return keys }
    }
    throw .malformedPickle(
      file: bytes.label, offset: 0, reason: "expected a list of storages as the fifth pickle")
  }

  /// The bytes of each storage of the document, in its order.
  private static func ranges(
    _ bytes: FileBytes, _ start: Int, _ document: PickleDocument, _ keys: [String]
  ) throws(CheckpointError) -> [Range<Int>] {
    let numbers = Dictionary(uniqueKeysWithValues: document.storages.enumerated().map { ($1.key, $0) })
    var ranges: [Range<Int>?] = Array(repeating: nil, count: document.storages.count)
    var reader = start
    for key in keys {
      guard let number = numbers[key], ranges[number] == nil else {
        throw error(bytes, "the list of storages and the object disagree about '\(key.printable())'")
      }
      let storage = document.storages[number]
      guard bytes.count - reader >= 8 else { throw error(bytes, "ends within a storage") }
      let count = bytes.copy(reader..<reader + 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let (size, overflowed) = storage.count.multipliedReportingOverflow(by: storage.type.bits / 8)
      guard count == UInt64(storage.count), !overflowed, size <= bytes.count - reader - 8 else {
        throw error(
          bytes, "a storage of \(storage.count) \(storage.type.rawValue) has \(count) elements or is cut")
      }
      ranges[number] = reader + 8..<reader + 8 + size
      reader += 8 + size
    }
    let found = ranges.compactMap { $0 }
    guard found.count == ranges.count else { throw error(bytes, "the object names storages the file lacks") }
    guard reader == bytes.count else {
      throw error(bytes, "\(bytes.count - reader) bytes follow the last storage")
    }
    return found
  }

  private static func error(_ bytes: FileBytes, _ reason: String) -> CheckpointError {
    .malformedPickle(file: bytes.label, offset: bytes.count, reason: reason)
  }
}
