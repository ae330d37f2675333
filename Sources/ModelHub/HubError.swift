/// What can go wrong with a download.
///
/// Messages name hosts and files, never tokens or the query of an address, which may hold one.
public enum HubError: Error, Equatable, Sendable {
  /// An address that is none, or of a kind that is not fetched.
  case badAddress(String, expected: String)
  /// The connection could not be made or broke; trying again may help.
  case connection(host: String, reason: String)
  /// Another answer than the file.
  case status(host: String, code: Int)
  /// The host wants to know who asks.
  case denied(host: String, code: Int, hadToken: Bool)
  /// A redirect that is not followed.
  case redirect(host: String, reason: String)
  /// The answer is not what this kind of host gives.
  case malformed(what: String, expected: String)
  /// Another size than was said before.
  case wrongSize(file: String, expected: Int, found: Int)
  /// More bytes than were announced, or than are taken.
  case tooLarge(file: String, limit: Int)
  /// The connection ended before the file did.
  case cut(file: String, expected: Int, found: Int)
  /// The file is damaged or another one; what was fetched is removed.
  case wrongHash(file: String, expected: String, found: String)
  /// The disk is too full; in bytes.
  case noSpace(needed: Int, available: Int)
  /// The system refused to read or write a file.
  case file(name: String, reason: String)
  /// A name that would leave the folder it belongs in.
  case unsafeName(String)
  /// What was asked for has nothing this program can use.
  case nothingToPull(reason: String)
  /// Somebody said stop; what was fetched stays for the next time.
  case interrupted

  /// Whether the same request may succeed a moment later.
  var isTemporary: Bool {
    switch self {
    case .connection, .cut: true
    case .status(_, let code): [408, 425, 429, 500, 502, 503, 504].contains(code)
    default: false
    }
  }
}

extension HubError: CustomStringConvertible {
  /// One sentence that says what was expected and what was found.
  public var description: String {
    switch self {
    case .badAddress(let address, let expected):
      "expected \(expected), got '\(address)'"
    case .connection(let host, let reason):
      "\(host): \(reason); run the command again to go on where it stopped"
    case .status(let host, let code):
      code == 404 ? "\(host) has no such repository or file (404)" : "\(host) answered with status \(code)"
    case .denied(let host, let code, let hadToken):
      hadToken
        ? "\(host) refused the token (\(code)); it may lack the right, or the model's terms are not accepted yet"
        : "\(host) wants a token (\(code)); give one with --token or HF_TOKEN"
    case .redirect(let host, let reason):
      "\(host): \(reason)"
    case .malformed(let what, let expected):
      "\(what): expected \(expected)"
    case .cut(let file, let expected, let found):
      "\(file): the connection ended after \(found) of \(expected) bytes; run the command again to go on"
    case .interrupted:
      "interrupted; what was fetched is kept, run the command again to go on"
    default:
      fileDescription
    }
  }

  private var fileDescription: String {
    switch self {
    case .wrongSize(let file, let expected, let found):
      "\(file): expected \(expected) bytes, the host announces \(found)"
    case .tooLarge(let file, let limit):
      "\(file): expected at most \(limit) bytes, the host sends more"
    case .wrongHash(let file, let expected, let found):
      "\(file): expected the hash \(expected), found \(found); what was fetched is removed"
    case .noSpace(let needed, let available):
      "\(needed >> 20) MiB are needed on the disk, \(available >> 20) MiB are free"
    case .file(let name, let reason):
      "\(name): \(reason)"
    case .unsafeName(let name):
      "the repository has a file '\(name)', whose name would leave its folder: refused"
    case .nothingToPull(let reason):
      reason
    default:
      "the download failed"
    }
  }
}
