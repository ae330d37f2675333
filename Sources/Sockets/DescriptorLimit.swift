internal import CLinux

/// How many descriptors this process may have open.
public enum DescriptorLimit {
  /// The soft limit in force.
  ///
  /// Throws `SocketError.system`.
  public static func current() throws(SocketError) -> Int {
    Int(try check(clinux_descriptor_limit(), "getrlimit"))
  }

  /// The most this process may have: the hard limit.
  ///
  /// Throws `SocketError.system`.
  public static func most() throws(SocketError) -> Int {
    Int(try check(clinux_descriptor_limit_most(), "getrlimit"))
  }

  /// Raises the soft limit towards `wanted`, at most to the hard one, and returns the limit now in force.
  ///
  /// Never lowers it. Throws `SocketError.system`.
  @discardableResult
  public static func raise(to wanted: Int) throws(SocketError) -> Int {
    let now = try current()
    return now >= wanted ? now : try set(wanted)
  }

  /// Sets the soft limit, at most the hard one, and returns the limit now in force.
  ///
  /// Throws `SocketError.system`.
  @discardableResult
  public static func set(_ wanted: Int) throws(SocketError) -> Int {
    Int(try check(clinux_set_descriptor_limit(Int64(wanted)), "setrlimit"))
  }
}
