import Foundation
import Generation
import HTTP
import HTTPTypes
import JobQueue
import Logging
import Sockets
import Testing

@testable import Server

/// A server without sockets: the real store, folders and routes in a folder of its own.
final class TestService: Sendable {
  let folder: String
  let store: SQLiteJobStore
  let services: Services
  let router: AppRouter

  init(
    access: AccessMode = .open, workers: [WorkerCapabilities] = [SampleCapabilities.worker()],
    folder: String? = nil,
    configure: (inout ServerConfiguration) -> Void = { _ in }
  ) throws {
    let folder = folder ?? NSTemporaryDirectory() + "atelier-server-" + UUID().uuidString
    self.folder = folder
    let data = try DataFolder(folder)
    store = try SQLiteJobStore.open(folder: folder)
    var configuration = ServerConfiguration(dataFolder: folder)
    configuration.access = access
    configuration.limits.freeSpaceFloor = 0
    // Tests are about who gets in, not about how dear a guess is.
    configuration.limits.passwordCost.ln = 4
    configure(&configuration)
    let files = try ThreadExecutor(name: "files")
    let hub = EventHub()
    let capabilities = CapabilitiesRegistry { hub.noteQueueChange() }
    for (index, worker) in workers.enumerated() { capabilities.connected(WorkerID("w\(index)"), worker) }
    let images = try FolderImageStore(root: data.images, thread: files)
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let start = MonotonicInstant.now
    let accounts = AccountServices(
      store: store, hub: hub, hasher: try PasswordHasher(cost: configuration.limits.passwordCost),
      logins: LoginLimiter { start })
    services = Services(
      configuration: configuration, store: store, images: images,
      uploads: try FolderImageStore(root: data.uploads, thread: files), capabilities: capabilities, hub: hub,
      authenticator: access.authenticator(accounts), metrics: ServerMetrics(),
      submissions: RateLimiter(burst: 0, perMinute: 1),
      newcomers: RateLimiter(
        burst: configuration.limits.newcomersPerAddress, perMinute: configuration.limits.newcomersPerMinute,
        now: { start }),
      accounts: accounts,
      dispatcher: Dispatcher(
        parts: WorkerParts(store: store, images: images, capabilities: capabilities, logger: logger) {
          _, _, _, _ in
        }),
      resolver: RequestResolver(), files: files, logger: logger)
    store.observe { hub.committed($0) }
    router = Routes.table(services, files: nil)
  }

  /// Ends it and leaves its folder, as a restart would.
  func stop() throws {
    services.hub.close()
    try store.close()
  }

  /// Ends it and removes its folder.
  func remove() {
    try? stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Sends a request as a browser with this cookie would.
  func send(
    _ method: HTTPRequest.Method, _ path: String, cookie: String? = nil, headers: HTTPFields = [:],
    body: [UInt8] = [], host: String = "localhost:3000"
  ) async throws -> Reply {
    var headers = headers
    if let cookie { headers[.cookie] = "sid=\(cookie)" }
    if headers[.origin] == nil, headers[.authorization] == nil { headers[.origin] = "http://localhost:3000" }
    if headers[.contentType] == nil, !body.isEmpty { headers[.contentType] = "application/json" }
    let head = try RequestHead(method, path, headers: headers, host: host)
    return try Reply(await router.respond(to: Request(head, body: body)))
  }

  /// Sends a JSON body.
  func post(_ path: String, _ json: String, cookie: String? = nil, headers: HTTPFields = [:]) async throws
    -> Reply
  {
    try await send(.post, path, cookie: cookie, headers: headers, body: Array(json.utf8))
  }

  /// Submits a job and gives its id.
  func submit(_ prompt: String, cookie: String? = nil, seed: Int = 1) async throws -> String {
    let reply = try await post(
      "/api/jobs", #"{"prompt":"\#(prompt)","seed":\#(seed),"steps":2}"#, cookie: cookie)
    #expect(reply.status == 201, "\(reply.text)")
    return try #require(reply.json["id"] as? String)
  }

  /// Runs the next job as a worker would; the picture's bytes name its owner and prompt.
  @discardableResult
  func workOnce(worker: String = "w0", finish: Bool = true) async throws -> Lease? {
    let models = Set(SampleCapabilities.worker().models.map(\.name))
    guard let lease = try await store.take(worker: WorkerID(worker), models: models) else { return nil }
    _ = try await store.start(lease.attempt)
    services.hub.report(
      GenerationProgress(phase: .denoising, done: 1, total: 2), preview: [0x89, 1, 2], job: lease.id,
      owner: lease.owner)
    guard finish else { return lease }
    for index in 0..<lease.request.batchCount {
      let bytes = TestService.picture(owner: lease.owner, request: lease.request, index: index)
      let sha256 = try await services.images.store(bytes)
      try await services.images.storeThumbnail(Array("small ".utf8) + bytes, of: sha256)
      _ = try await store.storeImage(
        NewImage(
          index: index, seed: lease.request.seed + Int64(index), width: 128, height: 128, sha256: sha256,
          bytes: bytes.count, hasThumbnail: true), for: lease.attempt)
    }
    #expect(try await store.finish(lease.attempt) == .settled(.finished))
    return lease
  }

  /// What the pretended worker paints.
  static func picture(owner: UserID, request: GenerationRequest, index: Int) -> [UInt8] {
    Array("picture \(index) of \(owner) for \(request.prompt) with \(request.seed)".utf8)
  }
}

/// A response, read.
struct Reply {
  let status: Int
  let headers: HTTPFields
  let body: [UInt8]

  init(_ response: Response) throws {
    status = response.status.code
    headers = response.headers
    switch response.body {
    case .bytes(let bytes): body = bytes
    case .file(let file, let offset, let count):
      var bytes = [UInt8](repeating: 0, count: count)
      let read = pread(file.rawValue, &bytes, count, off_t(offset))
      body = Array(bytes.prefix(max(0, read)))
    default: body = []
    }
  }

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:] }
  var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
  var errorField: String? { (json["error"] as? [String: Any])?["field"] as? String }
  var jobs: [[String: Any]] { json["jobs"] as? [[String: Any]] ?? [] }
  var images: [[String: Any]] { json["images"] as? [[String: Any]] ?? [] }
}
