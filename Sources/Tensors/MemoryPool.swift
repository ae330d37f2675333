/// Free device memory by size class, so that a loop over equal shapes allocates nothing after its first round.
struct MemoryPool {
  private var free: [Int: [UnsafeMutableRawPointer]] = [:]
  /// Bytes given out.
  private(set) var used = 0
  /// Bytes kept for later.
  private(set) var cached = 0
  /// Blocks that were asked of the device.
  private(set) var made = 0

  /// The size class of a request: the next multiple of an eighth of its power of two, 256 bytes at least.
  static func bucket(_ bytes: Int) -> Int {
    let least = max(bytes, 256)
    let step = max((1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)) >> 3, 64)
    return (least + step - 1) / step * step
  }

  /// A kept block of this size class, if there is one.
  mutating func take(_ bucket: Int) -> UnsafeMutableRawPointer? {
    guard let block = free[bucket]?.popLast() else { return nil }
    cached -= bucket
    used += bucket
    return block
  }

  /// Notes a block of this size class newly made.
  mutating func note(_ bucket: Int) {
    used += bucket
    made += 1
  }

  /// Keeps a block for later.
  mutating func give(_ block: UnsafeMutableRawPointer, _ bucket: Int) {
    free[bucket, default: []].append(block)
    used -= bucket
    cached += bucket
  }

  /// Hands out all kept blocks to be released.
  mutating func drain() -> [UnsafeMutableRawPointer] {
    let blocks = free.values.flatMap { $0 }
    free.removeAll()
    cached = 0
    return blocks
  }
}
