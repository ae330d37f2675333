import FoundationEssentials
import JobQueue

/// What the machine's owner may ask of a running server, as one line.
///
/// Who can open the socket may read the database anyway: it lies in the data folder, mode 0600.
enum ControlCommand: Equatable, Sendable {
  /// Is anybody there?
  case ping
  /// Copy the database into a file of the data folder, and name it.
  case backup
  /// Make an admin, or make the account of that name one with this password's hash.
  case createAdmin(AdminRequest)

  /// The account that is asked for; the password itself never leaves the command line's process.
  struct AdminRequest: Codable, Equatable, Sendable {
    var name: String
    var nameKey: String
    var passwordHash: String

    var account: NewAccount { NewAccount(name: name, nameKey: nameKey, passwordHash: passwordHash) }
  }

  /// The command's word.
  var word: String {
    switch self {
    case .ping: "ping"
    case .backup: "backup"
    case .createAdmin: "create-admin"
    }
  }

  /// The line that is sent, without its end.
  func line() throws -> String {
    guard case .createAdmin(let request) = self else { return word }
    return "\(word) \(String(decoding: try JSONText.encode(request), as: UTF8.self))"
  }

  /// Reads a line; nil when it is none of these.
  init?(line: String) {
    let parts = line.split(separator: " ", maxSplits: 1)
    switch (parts.first, parts.count) {
    case ("ping", 1): self = .ping
    case ("backup", 1): self = .backup
    case ("create-admin", 2):
      guard let request = try? JSONDecoder().decode(AdminRequest.self, from: Data(parts[1].utf8)),
        let name = try? AccountName(request.name), name.key == request.nameKey,
        PasswordHash(request.passwordHash) != nil
      else { return nil }
      self = .createAdmin(request)
    default: return nil
    }
  }
}
