/// What a backend did between two moments, by operation.
public struct OperationProfile: Sendable {
  /// One operation's total.
  public struct Entry: Sendable {
    /// How often it ran.
    public fileprivate(set) var calls = 0
    /// Wall-clock seconds within the kernel.
    public fileprivate(set) var seconds = 0.0
    /// Floating-point operations of products, a multiply-add counted as two; 0 for what memory limits.
    public fileprivate(set) var flops = 0.0
  }

  /// By operation: `conv`, `linear`, `attention`, `groupNorm` and so on.
  public private(set) var entries: [String: Entry] = [:]

  /// Floating-point operations of all products.
  public var flops: Double { entries.values.reduce(0) { $0 + $1.flops } }

  mutating func add(_ operation: String, seconds: Double, flops: Double) {
    entries[operation, default: Entry()].calls += 1
    entries[operation, default: Entry()].seconds += seconds
    entries[operation, default: Entry()].flops += flops
  }
}
