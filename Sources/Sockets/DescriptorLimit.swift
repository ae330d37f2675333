internal import CLinux

/// How many descriptors this process may have open.
public enum DescriptorLimit {
  /// The soft limit in force.
  ///
  /// Throws `SocketError.system`.
  public static func current() throws(SocketError) -> Int {
    Int(try check(clinux_descriptor_limit(), "getrlimit"))
  }

  /// Sets the soft limit, at most the hard one, and returns the limit now in force.
  ///
  /// Throws `SocketError.system`.
  @discardableResult
  public static func set(_ wanted: Int) throws(SocketError) -> Int {
    Int(try check(clinux_set_descriptor_limit(Int64(wanted)), "setrlimit"))
  }
}
