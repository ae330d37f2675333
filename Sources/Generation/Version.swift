/// The software's version.
public enum Version {
  /// Semantic version, the same in the server, the worker and the tools.
  public static let current = "0.1.0"
}
