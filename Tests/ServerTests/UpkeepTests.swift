import Foundation
import Generation
import HTTPTypes
import Sockets
import Testing

@testable import Server

@Suite struct UpkeepTests {
  @Test func `pictures of jobs and uploads stay, a deleted one goes once it is old`() async throws {
    let service = try TestService()
    defer { service.remove() }
    let token = SessionCookie.newToken()
    let kept = try await service.submit("kept", cookie: token)
    try await service.workOnce()
    let dropped = try await service.submit("dropped", cookie: token)
    try await service.workOnce()
    let job = try await service.send(.get, "/api/jobs/\(dropped)", cookie: token)
    let url = try #require(job.images.first?["url"] as? String)
    #expect(try await service.send(.delete, url, cookie: token).status == 204)
    try Self.age(service.folder + "/images")
    await Upkeep(services: service.services, interval: .seconds(1)).tidy()
    #expect(try Self.files(service.folder + "/images").count == 2)
    let other = try await service.send(.get, "/api/jobs/\(kept)", cookie: token)
    let keptURL = try #require(other.images.first?["url"] as? String)
    #expect(try await service.send(.get, keptURL, cookie: token).status == 200)
    #expect(try await service.send(.get, keptURL + "/thumbnail", cookie: token).status == 200)
  }

  @Test func `what workers offered is remembered for a day`() throws {
    let folder = NSTemporaryDirectory() + "atelier-remember-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = CapabilitiesFile(folder: folder)
    #expect(file.load().isEmpty)
    let worker = RememberedWorker(name: WorkerID("w"), capabilities: SampleCapabilities.worker())
    try file.save([worker])
    #expect(file.load() == [worker])
    #expect(file.load(now: Date(timeIntervalSinceNow: 2 * 86_400)).isEmpty)
    try Data("{".utf8).write(to: URL(filePath: folder + "/" + DataFolder.capabilities))
    #expect(file.load().isEmpty)
  }

  /// Makes every file below `folder` two hours old.
  private static func age(_ folder: String) throws {
    for path in try files(folder) {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
    }
  }

  private static func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).map { folder + "/" + $0 }
      .filter { $0.hasSuffix(".png") }
  }
}
