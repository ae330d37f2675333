import Foundation
import HTTP
import Sockets
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct ConfigurationCheckTests {
  private let folder = NSTemporaryDirectory() + "atelier-check-" + UUID().uuidString

  private func configuration(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws
    -> ServerConfiguration
  {
    try FileManager.default.createDirectory(atPath: folder + "/page", withIntermediateDirectories: true)
    try Data("<!doctype html>".utf8).write(to: URL(filePath: folder + "/page/index.html"))
    var configuration = ServerConfiguration(dataFolder: folder + "/data")
    configuration.port = 0
    configuration.workerPort = 0
    configuration.publicFolder = folder + "/page"
    change(&configuration)
    return configuration
  }

  private func errors(_ configuration: ServerConfiguration) async -> [String] {
    await ConfigurationCheck(configuration).run().filter { $0.level == .error }.map(\.subject)
  }

  @Test func `a new configuration is sound and nothing is made`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(await errors(try configuration()) == [])
    #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
  }

  @Test func `each mistake is named`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(await errors(try configuration { $0.listen = "0.0.0.0" }) == ["access"])
    #expect(await errors(try configuration { $0.listen = "example.org" }) == ["access", "page port"])
    #expect(await errors(try configuration { $0.workerListen = "0.0.0.0" }) == ["access"])
    #expect(await errors(try configuration { $0.publicFolder = self.folder + "/none" }) == ["page"])
    #expect(await errors(try configuration { $0.dataFolder = self.folder + "/page/data" }) == ["access"])
    #expect(await errors(try configuration { $0.hostNames = ["a b"] }) == ["host name"])
    #expect(await errors(try configuration { $0.dataFolder = "/dev/null" }) == ["data"])
    // Also for root, whom no right keeps out.
    #expect(await errors(try configuration { $0.dataFolder = "/proc/x" }) == ["data"])
    let secrets = folder + "/data/secrets"
    try FileManager.default.createDirectory(atPath: secrets, withIntermediateDirectories: true)
    try Data("00".utf8).write(to: URL(filePath: secrets + "/worker.key"))
    try Data(repeating: 1, count: 4096).write(to: URL(filePath: folder + "/data/atelier.sqlite"))
    #expect(await errors(try configuration()) == ["database", "worker secret"])
  }

  @Test func `page and workers cannot have one port`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let free = try await Sockets.Listener.bind(to: .loopback(port: 0), on: try EventLoop(name: "free"))
    let port = free.address.port
    await free.close()
    let both = try configuration {
      $0.port = port
      $0.workerPort = port
    }
    #expect(await errors(both) == ["workers port"])
  }

  @Test func `where people log in somebody must be able to, before others reach the server`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func found(_ listen: String) async throws -> Finding.Level? {
      let configuration = try configuration {
        $0.access = .accounts
        $0.listen = listen
      }
      return await ConfigurationCheck(configuration).run().first { $0.subject == "admins" }?.level
    }
    #expect(try await found("0.0.0.0") == .error)
    #expect(try await found("127.0.0.1") == .warning)
    _ = try await AdminAccount(dataFolder: folder + "/data").create(name: "boss", password: "a long secret")
    #expect(try await found("0.0.0.0") == .ok)
  }

  @Test func `a running server's own port is no mistake, another's is`() async throws {
    let running = try await LiveTests.Running()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let port = running.parts.http.address.port
    let other = try configuration { $0.port = port }
    #expect(await errors(other) == ["page port"])
    let own = try configuration {
      $0.port = port
      $0.dataFolder = running.folder + "/data"
    }
    #expect(await errors(own) == [])
    try await running.stop()
  }

  @Test(arguments: [
    ("/data", "ok"), ("/mnt/nas", "warning"), ("/mnt/nas/deeper", "warning"), ("/mnt/nas2", "ok"),
    ("/mnt/with space/x", "warning"),
  ])
  func `a network file system is said to be one`(path: String, level: String) {
    let mounts = """
      /dev/root / ext4 rw 0 0
      server:/x /mnt/nas nfs4 rw 0 0
      //server/x /mnt/with\\040space cifs rw 0 0
      """
    #expect(FileSystemKind.check(path, mounts: mounts).level.rawValue == level)
  }
}
