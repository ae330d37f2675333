internal import CHashes

/// Comparisons whose time tells nothing of what is compared.
public enum ConstantTime {
  /// Whether bytes are equal; how many they are is no secret.
  public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        unsafe chashes_equal(left.baseAddress, right.baseAddress, left.count) == 1
      }
    }
  }
}
