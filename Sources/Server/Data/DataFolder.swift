import Glibc

/// The folder a server owns: its parts, all closed to other users of the machine.
struct DataFolder: Sendable {
  /// Its path.
  let path: String

  /// Makes the folder and its parts where they are missing.
  ///
  /// The lock that keeps a second server out comes with the database (`SQLiteJobStore.open`).
  /// - Throws: `ServerError.dataFolderFailed`.
  init(_ path: String) throws(ServerError) {
    self.path = path
    for folder in [path, secrets] { try Self.make(folder) }
  }

  /// The folder of pictures.
  var images: String { path + "/images" }
  /// The folder of uploaded pictures.
  var uploads: String { path + "/uploads" }
  /// The folder of secrets.
  var secrets: String { path + "/secrets" }
  /// The file with the secret that workers must know.
  var workerKey: String { secrets + "/worker.key" }
  /// The name, in this folder, of the file that remembers what workers offered.
  static let capabilities = "workers.json"

  /// Why a database must not be made in a folder; nil where there is one, or was none.
  ///
  /// Over a new one all pictures would be nobody's, and swept away.
  static func whyNoNewDatabase(in folder: String) -> String? {
    guard DurableFile.status(folder + "/atelier.sqlite")?.size ?? 0 == 0 else { return nil }
    let images = folder + "/images"
    let hasPictures = DurableFile.names(in: images).contains {
      !DurableFile.names(in: "\(images)/\($0)").isEmpty
    }
    return hasPictures ? "it is missing or empty though there are pictures in \(images)" : nil
  }

  /// Makes `path` and the folders above it, then closes it to others.
  private static func make(_ path: String) throws(ServerError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      made += "/" + part
      guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR || errno == EROFS else {
        throw .dataFolderFailed(path: path, operation: "making it", errno: errno)
      }
    }
    guard unsafe chmod(path, 0o700) == 0 else {
      throw .dataFolderFailed(path: path, operation: "making it private", errno: errno)
    }
  }
}
