/// What a person names to pull: a repository of the hub, a file in one, or any address.
public enum HubSource: Equatable, Sendable {
  /// `owner/name`.
  case repository(String, revision: String)
  /// `owner/name/path/in/it.safetensors`.
  case file(String, path: String, revision: String)
  /// An address that is not the hub's.
  case address(WebAddress)

  /// Reads a name or address.
  /// - Parameters:
  ///   - endpoint: The hub.
  ///   - revision: A branch, tag or commit for what does not name one itself.
  public init(_ text: String, endpoint: WebAddress, revision: String) throws(HubError) {
    guard text.contains("://") else {
      self = try Self.named(
        text.split(separator: "/", omittingEmptySubsequences: false).map(String.init), revision)
      return
    }
    let address = try WebAddress(text)
    guard address.origin == endpoint.origin else {
      self = .address(address)
      return
    }
    let parts = address.path.split(separator: "/").map(String.init)
    if parts.count > 4, ["resolve", "blob", "raw"].contains(parts[2]) {
      self = try Self.named(Array(parts[..<2] + parts[4...]), parts[3])
    } else if parts.count > 3, parts[2] == "tree" {
      self = try Self.named(Array(parts[..<2] + parts[4...]), parts[3])
    } else if parts.count == 2 {
      self = try Self.named(parts, revision)
    } else {
      self = .address(address)
    }
  }

  private static func named(_ parts: [String], _ revision: String) throws(HubError) -> HubSource {
    guard parts.count >= 2, parts.prefix(2).allSatisfy(isName), isRevision(revision) else {
      throw .badAddress(
        String(parts.joined(separator: "/").prefix(200)),
        expected: "OWNER/NAME, OWNER/NAME/FILE or an http(s) address")
    }
    let repository = "\(parts[0])/\(parts[1])"
    if parts.count == 2 { return .repository(repository, revision: revision) }
    let path = parts[2...].joined(separator: "/")
    guard RepositoryPath.isSafe(path) else { throw .unsafeName(String(path.prefix(200))) }
    return .file(repository, path: path, revision: revision)
  }

  /// What the hub takes as a name.
  private static func isName(_ name: String) -> Bool {
    (1...96).contains(name.utf8.count) && !name.hasPrefix(".")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }

  private static func isRevision(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

/// Names of files in repositories, which strangers choose.
enum RepositoryPath {
  /// Whether a name stays in its folder on every system: relative, no `..`, no backslash, nothing invisible.
  static func isSafe(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return path.utf8.count <= 1024 && parts.count <= 16
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 200
          && part.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" && $0 != ":"
          }
      }
  }
}
