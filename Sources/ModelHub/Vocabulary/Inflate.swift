/// Decompresses deflate (RFC 1951), at most so many bytes.
struct Inflate {
  private let input: ArraySlice<UInt8>
  private let limit: Int
  private var place: Int
  private var held: UInt32 = 0
  private var heldBits = 0
  private var output: [UInt8] = []

  /// Lengths of codes in the order they stand in a block of its own codes.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12289, 16385, 24577,
  ]

  /// The decompressed bytes; throws `malformed` for anything that is not deflate, `tooLarge` beyond `limit`.
  static func decompress(_ input: ArraySlice<UInt8>, limit: Int) throws(HubError) -> [UInt8] {
    var inflate = Inflate(input: input, limit: limit)
    try inflate.run()
    return inflate.output
  }

  private init(input: ArraySlice<UInt8>, limit: Int) {
    self.input = input
    self.limit = limit
    place = input.startIndex
  }

  private mutating func run() throws(HubError) {
    var isLast = false
    while !isLast {
      isLast = try bits(1) == 1
      switch try bits(2) {
      case 0: try stored()
      case 1:
        let lengths = [(144, 8), (112, 9), (24, 7), (8, 8)].flatMap { Array(repeating: $0.1, count: $0.0) }
        try block(try code(lengths), try code(Array(repeating: 5, count: 30)))
      case 2: try dynamic()
      default: throw Self.damaged
      }
    }
  }

  private mutating func stored() throws(HubError) {
    (held, heldBits) = (0, 0)
    guard input.endIndex - place >= 4 else { throw Self.damaged }
    let count = Int(input[place]) | Int(input[place + 1]) << 8
    let complement = Int(input[place + 2]) | Int(input[place + 3]) << 8
    place += 4
    guard count == ~complement & 0xFFFF, count <= input.endIndex - place else { throw Self.damaged }
    try reserve(count)
    output += input[place..<place + count]
    place += count
  }

  private mutating func dynamic() throws(HubError) {
    let (literals, distances, codes) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
    guard literals <= 286, distances <= 30 else { throw Self.damaged }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<codes { lengths[Self.order[index]] = try bits(3) }
    let own = try code(lengths)
    lengths = []
    while lengths.count < literals + distances {
      switch try symbol(own) {
      case let length where length < 16: lengths.append(length)
      case 16:
        guard let last = lengths.last else { throw Self.damaged }
        lengths += Array(repeating: last, count: try bits(2) + 3)
      case 17: lengths += Array(repeating: 0, count: try bits(3) + 3)
      default: lengths += Array(repeating: 0, count: try bits(7) + 11)
      }
    }
    guard lengths.count == literals + distances else { throw Self.damaged }
    try block(try code(Array(lengths[..<literals])), try code(Array(lengths[literals...])))
  }

  private mutating func block(_ literals: PrefixCode, _ distances: PrefixCode) throws(HubError) {
    while true {
      let symbol = try symbol(literals)
      if symbol == 256 { return }
      if symbol < 256 {
        try reserve(1)
        output.append(UInt8(symbol))
        continue
      }
      guard symbol - 257 < Self.lengthBases.count else { throw Self.damaged }
      let length = Self.lengthBases[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
      let kind = try self.symbol(distances)
      guard kind < Self.distanceBases.count else { throw Self.damaged }
      let distance = Self.distanceBases[kind] + (try bits(max(0, kind / 2 - 1)))
      guard distance <= output.count else { throw Self.damaged }
      try reserve(length)
      // Byte by byte: a copy may reach into itself.
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func bits(_ count: Int) throws(HubError) -> Int {
    while heldBits < count {
      guard place < input.endIndex else { throw Self.damaged }
      held |= UInt32(input[place]) << UInt32(heldBits)
      place += 1
      heldBits += 8
    }
    defer {
      held >>= UInt32(count)
      heldBits -= count
    }
    return Int(held & (1 << UInt32(count) - 1))
  }

  private mutating func symbol(_ code: PrefixCode) throws(HubError) -> Int {
    var (word, first, index) = (0, 0, 0)
    for count in code.counts.dropFirst() {
      word |= try bits(1)
      if word - first < count { return code.symbols[index + word - first] }
      index += count
      first = (first + count) << 1
      word <<= 1
    }
    throw Self.damaged
  }

  private func code(_ lengths: [Int]) throws(HubError) -> PrefixCode {
    guard let code = PrefixCode(lengths) else { throw Self.damaged }
    return code
  }

  private func reserve(_ count: Int) throws(HubError) {
    guard count <= limit - output.count else { throw .tooLarge(file: "the compressed file", limit: limit) }
  }

  private static let damaged = HubError.malformed(what: "the compressed file", expected: "deflate, undamaged")
}

/// A canonical Huffman code: how many words of each length, and the symbols in their order.
struct PrefixCode {
  let counts: [Int]
  let symbols: [Int]

  /// A code of words of these lengths, 0 for a symbol without one; nil if more words than there are.
  init?(_ lengths: [Int]) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    var left = 1
    for count in counts.dropFirst() {
      left = left << 1 - count
      if left < 0 { return nil }
    }
    self.counts = counts
    symbols = (1..<16).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
  }
}
