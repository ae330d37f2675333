/// The extents of a tensor, outermost first: one to four numbers, kept without an allocation.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// How many extents there are, 1 to 4.
  public let rank: Int
  private let extents: SIMD4<Int>

  /// Makes a shape of one to four extents; more are a programmer's error.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Makes a shape of one to four extents; more are a programmer's error.
  public init(_ elements: [Int]) {
    precondition((1...4).contains(elements.count), "a shape has one to four extents")
    var extents = SIMD4(repeating: 1)
    for (index, extent) in elements.enumerated() { extents[index] = extent }
    self.extents = extents
    rank = elements.count
  }

  private init(rank: Int, extents: SIMD4<Int>) {
    self.rank = rank
    self.extents = extents
  }

  /// Extent `index`, 0 ≤ index < rank.
  public subscript(index: Int) -> Int {
    precondition((0..<rank).contains(index), "an extent beyond the rank")
    return extents[index]
  }

  /// The innermost extent.
  public var last: Int { extents[rank - 1] }

  /// The largest extent a kernel takes; sums of three still fit its 32-bit numbers.
  static let extentLimit = 1 << 29

  /// The product of all extents; nil if it overflows or an extent is not positive or above 2²⁹.
  public var checkedCount: Int? {
    var count = 1
    for index in 0..<rank {
      let (product, overflow) = count.multipliedReportingOverflow(by: extents[index])
      guard !overflow, (1...Self.extentLimit).contains(extents[index]) else { return nil }
      count = product
    }
    return count
  }

  /// The product of all extents.
  public var count: Int { checkedCount ?? 0 }

  /// All extents but the innermost, multiplied.
  public var rows: Int { count / max(last, 1) }

  /// This shape with extent `index` replaced.
  public func replacing(_ index: Int, with extent: Int) -> Shape {
    var copy = extents
    copy[index] = extent
    return Shape(rank: rank, extents: copy)
  }

  /// This shape with the innermost extent replaced.
  public func replacingLast(with extent: Int) -> Shape { replacing(rank - 1, with: extent) }

  /// For example `[2, 16, 16, 96]`.
  public var description: String { "\((0..<rank).map { extents[$0] })" }
}
