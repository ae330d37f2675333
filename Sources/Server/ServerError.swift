import Glibc
import Sockets

/// Why the server cannot start or go on; each says in one line what to do.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A server with accounts would be open to others before anybody can log in.
  case noAdmin(String)
  /// A single-user server would be open to others.
  case notLoopback(String)
  /// The worker link, which is plain text, would be open to others.
  case workerNotLoopback(String)
  /// The address is no IP address.
  case malformedAddress(String)
  /// Another process listens there already.
  case portTaken(flag: String, address: String, port: UInt16)
  /// The address cannot be listened on.
  case cannotListen(flag: String, address: String, port: UInt16, reason: String)
  /// The data folder cannot be made or used.
  case dataFolderFailed(path: String, operation: String, errno: Int32)
  /// The file for the worker port cannot be written.
  case cannotWritePort(String)
  /// Everybody could fetch the database and its secrets as files of the page.
  case dataInPublic(data: String, page: String)
  /// The page's folder is not there.
  case publicFolderMissing(String)
  /// A backup would stand among the server's own files.
  case backupInData(String)
  /// The worker secret's file cannot be used.
  case secretFailed(path: String, reason: String)
  /// The database is not whole; the newest backup is named.
  case databaseDamaged(detail: String, backup: String?)

  /// One line for the person who starts the server.
  public var description: String {
    switch self {
    case .noAdmin(let address):
      "nobody could log in yet, so listening on \(address) is refused: make the first admin with"
        + " atelier-server create-admin NAME (and the same --data), then start again"
    case .notLoopback(let address):
      "listening on \(address) lets others in: say --access open, which gives each browser a private user,"
        + " or --access accounts, or listen on 127.0.0.1"
    case .workerNotLoopback(let address):
      "the worker link is plain text: expected a loopback address after --worker-listen, got \(address);"
        + " a remote worker connects through SSH (Scripts/start_remote.sh)"
    case .malformedAddress(let address):
      "expected an IP address to listen on; got \(address)"
    case .portTaken(let flag, let address, let port):
      "port \(port) on \(address) is taken by another program; stop it or choose another port with \(flag)"
    case .cannotListen(let flag, let address, let port, let reason):
      "cannot listen on \(address) port \(port): \(reason); choose another with \(flag)"
    case .dataFolderFailed(let path, let operation, let errno):
      "the data folder \(path) cannot be used: \(operation) failed with errno \(errno)"
    case .cannotWritePort(let path):
      "cannot write \(path); expected a file in a folder that exists after --worker-port-file"
    case .dataInPublic(let data, let page):
      "the data folder \(data) lies in the page's folder \(page), which is served to everybody:"
        + " expected another place after --data"
    case .publicFolderMissing(let path):
      "there is no page in \(path); expected a folder with index.html after --public"
    case .backupInData(let path):
      "\(path) would be among the server's own files: expected a file in another folder"
    case .secretFailed(let path, let reason):
      "\(path): \(reason)"
    case .databaseDamaged(let detail, let backup):
      "the database is damaged and was left as it is (\(detail)); "
        + (backup.map { "the newest backup is \($0): stop, put it in place of atelier.sqlite, start again" }
          ?? "no backup was made with atelier-server backup")
    }
  }
}

extension ServerError {
  /// What a failure to listen means to the person who starts the server.
  init(_ error: SocketError, flag: String, address: String, port: UInt16) {
    switch error {
    case .system(_, errno: EADDRINUSE): self = .portTaken(flag: flag, address: address, port: port)
    case .system(_, errno: EACCES):
      self = .cannotListen(flag: flag, address: address, port: port, reason: "permission denied")
    case .system(_, errno: EADDRNOTAVAIL):
      self = .cannotListen(
        flag: flag, address: address, port: port, reason: "this host does not have that address")
    default: self = .cannotListen(flag: flag, address: address, port: port, reason: "\(error)")
    }
  }
}
