import FoundationEssentials
import Glibc
import JobQueue
import Logs

/// Copies a data folder's database into one file while its server runs, or without one.
///
/// The pictures are not in it: their files never change and are named by their content, so copying the folders
/// `images` and `uploads` after the database, with any tool, gives a whole backup.
public struct Backup: Sendable {
  /// What was copied.
  public struct Report: Equatable, Sendable {
    /// Bytes of the file.
    public var bytes: Int
    /// Rows of jobs.
    public var jobs: Int
    /// Rows of pictures.
    public var images: Int
  }

  /// Copies for the owner begin so in the data folder, until they are fetched.
  private static let prefix = "backup-"
  /// The file in the data folder that names the newest backup.
  private static let record = "last-backup.json"

  private struct Last: Codable {
    var file: String
    var at: Double
  }

  private let folder: String

  /// Names the data folder.
  public init(dataFolder: String) { folder = dataFolder }

  /// Copies into `file`, mode 0600, which is there whole and checked or not at all.
  ///
  /// - Throws: `ControlError`, `JobQueueError`, `ImageStoreError`, `ServerError`.
  public func run(to file: String) async throws -> Report {
    try checkPlace(of: file)
    let made: String
    do {
      made = try await ControlClient(folder: folder).ask(.backup)
    } catch ControlError.nobodyListens {
      let name = Self.newName()
      try await FolderOwner.acting(in: folder) {
        try DatabaseBackup.make(folder: folder, to: folder + "/" + name)
      }
      made = name
    }
    guard made.hasPrefix(Self.prefix), !made.contains("/") else {
      throw ControlError.refused("a wrong answer")
    }
    let source = folder + "/" + made
    defer { unsafe unlink(source) }
    let summary = try DatabaseBackup.check(source)
    let bytes = try DurableFile.copy(source, to: file)
    try await FolderOwner.acting(in: folder) { try remember(file) }
    return Report(bytes: bytes, jobs: summary.jobs, images: summary.images)
  }

  /// The server's side: copies into the data folder, where it may write, and names the file.
  static func make(in folder: String, _ store: SQLiteJobStore) async throws -> String {
    let name = newName()
    try await store.backUp(to: folder + "/" + name)
    return name
  }

  /// Removes copies that nobody fetched.
  static func removeLeftovers(in folder: String) {
    for name in DurableFile.names(in: folder) where name.hasPrefix(prefix) && name.hasSuffix(".sqlite") {
      unsafe unlink(folder + "/" + name)
    }
  }

  /// The newest backup and when it was made, for the message about a damaged database.
  static func newest(of folder: String) -> String? {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(record)"),
      let last = try? JSONDecoder().decode(Last.self, from: data)
    else { return nil }
    return "\(last.file) of \(Timestamp.text(Date(timeIntervalSince1970: last.at)))"
  }

  /// A copy in place of the database itself would be lost with all that follows, and others could be taken for
  /// leftovers.
  private func checkPlace(of file: String) throws(ServerError) {
    let place = PublicFolder.resolved(DurableFile.split(file).folder)
    let own = ["", "/images", "/uploads", "/secrets"].map { PublicFolder.resolved(folder + $0) }
    if own.contains(place) { throw .backupInData(file) }
  }

  private func remember(_ file: String) throws {
    let path = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
    let last = Last(file: path, at: Date().timeIntervalSince1970)
    try DurableFile.write(try JSONText.encode(last), folder: folder, name: Self.record)
  }

  private static func newName() -> String { prefix + RandomName.random(bytes: 9) + ".sqlite" }
}
