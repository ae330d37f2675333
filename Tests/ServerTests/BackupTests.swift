import Foundation
import JobQueue
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)), .serialized) struct BackupTests {
  @Test func `a running server's database is copied, and the copy opens`() async throws {
    let running = try await LiveTests.Running()
    let data = running.folder + "/data"
    let file = running.folder + "/saved.sqlite"
    try Data("older".utf8).write(to: URL(filePath: file))
    let report = try await Backup(dataFolder: data).run(to: file)
    #expect(report.jobs == 0 && report.bytes > 4096)
    #expect(try DatabaseBackup.check(file).jobs == 0)
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    // Nothing is left in the data folder, and the newest backup is known by name.
    let names = try FileManager.default.contentsOfDirectory(atPath: data)
    #expect(!names.contains { $0.hasPrefix("backup-") })
    #expect(Backup.newest(of: data)?.hasPrefix(file) == true)
    try await running.stop()
    // The same without a server.
    #expect(try await Backup(dataFolder: data).run(to: file).jobs == 0)
  }

  @Test func `a backup never stands among the server's own files`() async throws {
    let running = try await LiveTests.Running()
    let data = running.folder + "/data"
    let link = running.folder + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: data)
    for file in ["\(data)/atelier.sqlite", "\(data)/../data/backup-1.sqlite", "\(link)/images/x"] {
      await #expect(throws: ServerError.backupInData(file)) {
        try await Backup(dataFolder: data).run(to: file)
      }
    }
    #expect(try await Backup(dataFolder: link).run(to: running.folder + "/saved.sqlite").jobs == 0)
    try await running.stop()
    #expect(try DatabaseBackup.check(data + "/atelier.sqlite").jobs == 0)
  }

  @Test func `a damaged database is left alone and the newest backup is named`() async throws {
    let running = try await LiveTests.Running()
    let data = running.folder + "/data"
    let file = running.folder + "/saved.sqlite"
    _ = try await Backup(dataFolder: data).run(to: file)
    try await running.stop()
    let path = data + "/atelier.sqlite"
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xFF, count: bytes.count - 4096))
    try bytes.write(to: URL(filePath: path))
    do {
      _ = try await LiveTests.Running(folder: running.folder)
      Issue.record("it started")
    } catch {
      guard case ServerError.databaseDamaged(_, let backup) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(backup?.hasPrefix(file) == true)
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }

  @Test(arguments: [true, false])
  func `no new database is made where there are pictures`(isEmpty: Bool) async throws {
    let running = try await LiveTests.Running()
    let data = running.folder + "/data"
    try await running.stop()
    let files = FileManager.default
    try files.createDirectory(atPath: data + "/images/ab", withIntermediateDirectories: true)
    try Data("precious".utf8).write(to: URL(filePath: data + "/images/ab/picture.png"))
    try files.removeItem(atPath: data + "/atelier.sqlite")
    if isEmpty { try Data().write(to: URL(filePath: data + "/atelier.sqlite")) }
    let error = await #expect(throws: ServerError.self) {
      _ = try await LiveTests.Running(folder: running.folder)
    }
    guard case .databaseDamaged? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(files.fileExists(atPath: data + "/atelier.sqlite") == isEmpty)
    let findings = await ConfigurationCheck(ServerConfiguration(dataFolder: data)).run()
    #expect(findings.contains { $0.subject == "database" && $0.level == .error })
  }

  @Test func `only known commands are answered`() async throws {
    let running = try await LiveTests.Running()
    let client = ControlClient(folder: running.folder + "/data")
    #expect(try await client.ask(.ping).isEmpty == false)
    let mode = try FileManager.default.attributesOfItem(
      atPath: running.folder + "/data/" + ControlSocket.name)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    try await running.stop()
    await #expect(throws: ControlError.nobodyListens) { try await client.ask(.ping) }
  }
}
