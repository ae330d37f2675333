import FoundationEssentials
import Glibc

/// Brings a model from the hub, or from any address, into a folder of models.
public struct ModelPull: Sendable {
  /// What the caller hears while files come.
  public typealias Progress = (_ file: String, _ done: Int, _ total: Int?) -> Void

  /// The hub.
  public let endpoint: WebAddress
  /// Where models are.
  public let folder: String
  /// What the model is called; nil: as its source says.
  public var name: String?
  /// Takes `fp16` weights of a folder where there are any.
  public var prefersHalf = false
  /// Replaces a model of that name.
  public var replaces = false
  /// SHA-256 the one file must have.
  public var sha256: String?

  private let session: HubSession

  private static let listingLimit = 32 << 20

  /// Prepares to pull into `folder`, which is made if it is not there.
  public init(endpoint: WebAddress, folder: String, session: HubSession) {
    self.endpoint = endpoint
    self.folder = folder
    self.session = session
  }

  /// Fetches everything; the model appears under its name when it is whole.
  /// - Returns: Where it is.
  public func run(_ source: HubSource, progress: @escaping Progress) throws(HubError) -> String {
    try make(folder)
    switch source {
    case .address(let address): return try pull(address, progress)
    case .repository(let repository, let revision):
      let listing = try listing(repository, revision)
      let place = try address(repository, listing)
      switch try FileSelection(listing, prefersHalf: prefersHalf).choice() {
      case .single(let file): return try pull(file, from: place, progress)
      case .folder(let files): return try pull(files, of: (repository, listing.commit), from: place, progress)
      }
    case .file(let repository, let path, let revision):
      let listing = try listing(repository, revision)
      let file = try FileSelection(listing, prefersHalf: prefersHalf).file(path)
      return try pull(file, from: try address(repository, listing), progress)
    }
  }

  private func listing(_ repository: String, _ revision: String) throws(HubError) -> RepositoryListing {
    let address = try endpoint.appending("api/models/\(repository)/revision")
      .appending(part: revision, query: "blobs=true")
    let sink = MemorySink("the list of files", host: address.origin.host, limit: Self.listingLimit)
    try session.get(address, into: sink)
    guard let listing = try? JSONDecoder().decode(RepositoryListing.self, from: Data(sink.bytes)) else {
      throw .malformed(
        what: "\(address.origin.host)'s list of files", expected: "JSON with 'sha' and 'siblings'")
    }
    return listing
  }

  /// Where the files of a commit are: whatever is pushed meanwhile, all are of one state.
  private func address(_ repository: String, _ listing: RepositoryListing) throws(HubError) -> WebAddress {
    guard RepositoryPath.isSafe(listing.commit), !listing.commit.contains("/") else {
      throw .malformed(what: "the list of files", expected: "a commit as 'sha'")
    }
    return try endpoint.appending("\(repository)/resolve/\(listing.commit)")
  }

  private func pull(
    _ file: RepositoryListing.File, from place: WebAddress, _ progress: @escaping Progress
  ) throws(HubError) -> String {
    let last = file.name.split(separator: "/").last.map(String.init) ?? file.name
    let target = try target(name.map { Self.withEnding($0, of: last) } ?? last)
    var download = FileDownload(try place.appending(file.name), to: target, label: last)
    (download.size, download.digest) = (file.size, try wanted(or: file.digest))
    try checkSpace(file.size ?? 0)
    try download.run(session) { progress(last, $0, $1) }
    return target
  }

  private func pull(_ address: WebAddress, _ progress: @escaping Progress) throws(HubError) -> String {
    let last = if let name { name } else { try fileName(address) }
    let target = try target(last)
    var download = FileDownload(address, to: target, label: last)
    download.digest = try wanted(or: nil)
    try download.run(session) { progress(last, $0, $1) }
    return target
  }

  private func pull(
    _ files: [RepositoryListing.File], of source: (repository: String, commit: String),
    from place: WebAddress, _ progress: @escaping Progress
  ) throws(HubError) -> String {
    let own = source.repository.split(separator: "/").last.map(String.init) ?? source.repository
    let target = try target(name ?? own)
    // Hidden from who looks for models until it is whole; another commit's files are others.
    let draft = "\(folder)/.pull-\(name ?? own)-\(source.commit.prefix(12))"
    try make(draft)
    let total = files.reduce(0) { $0 + ($1.size ?? 0) }
    try checkSpace(total - files.reduce(0) { $0 + Self.bytes(at: "\(draft)/\($1.name)") })
    var before = 0
    for file in files {
      let path = "\(draft)/\(file.name)"
      try make(URL(filePath: path).deletingLastPathComponent().path)
      // A file that is there was whole and checked when it got its name.
      if file.size != nil, Self.bytes(at: path) == file.size {
        before += file.size ?? 0
        continue
      }
      var download = FileDownload(try place.appending(file.name), to: path, label: file.name)
      (download.size, download.digest) = (file.size, file.digest)
      let start = before
      try download.run(session) { done, _ in progress(file.name, start + done, total) }
      before += file.size ?? Self.bytes(at: path)
    }
    return try reveal(draft, as: target)
  }

  private func reveal(_ draft: String, as target: String) throws(HubError) -> String {
    let old = draft + ".old"
    try? FileManager.default.removeItem(atPath: old)
    if replaces { _ = unsafe rename(target, old) }
    guard unsafe rename(draft, target) == 0 else {
      throw .file(name: URL(filePath: target).lastPathComponent, reason: "cannot get its name")
    }
    try? FileManager.default.removeItem(atPath: old)
    return target
  }

  /// What the file must be: as the caller says, else as the hub says.
  private func wanted(or known: FileDigest?) throws(HubError) -> FileDigest? {
    guard let sha256 else { return known }
    guard case .sha256(let text)? = FileDigest(hexadecimal: sha256) else {
      throw .badAddress(sha256, expected: "64 hexadecimal digits as SHA-256")
    }
    return .sha256(text)
  }

  private func target(_ name: String) throws(HubError) -> String {
    guard RepositoryPath.isSafe(name), !name.contains("/"), !name.hasPrefix(".") else {
      throw .unsafeName(String(name.prefix(200)))
    }
    let target = "\(folder)/\(name)"
    guard replaces || !FileManager.default.fileExists(atPath: target) else {
      throw .file(name: name, reason: "exists already; give another name with --name, or --force")
    }
    return target
  }

  /// The name of the file behind an address: the path's last part, else what the host calls it.
  private func fileName(_ address: WebAddress) throws(HubError) -> String {
    let last = address.path.split(separator: "/").last.map(String.init) ?? ""
    if Self.hasEnding(last) { return last }
    let sink = HeadSink()
    do throws(HubError) { try session.get(address, into: sink) } catch {
      guard let head = sink.head else { throw error }
      guard head.status < 400 else { throw .status(host: address.origin.host, code: head.status) }
    }
    guard let name = sink.head?.fileName, Self.hasEnding(name) else {
      throw .nothingToPull(
        reason: "the address does not say what the file is called; give a name that ends with .safetensors, "
          + ".ckpt or .pt with --name")
    }
    return name
  }

  private static func hasEnding(_ name: String) -> Bool {
    [".safetensors", ".ckpt", ".pt", ".pth"].contains { name.hasSuffix($0) }
  }

  private static func withEnding(_ name: String, of file: String) -> String {
    hasEnding(name) || !hasEnding(file) ? name : name + "." + (file.split(separator: ".").last ?? "")
  }

  private func checkSpace(_ bytes: Int) throws(HubError) {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return }
    let available = Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    guard bytes + FileDownload.reserve <= available else {
      throw .noSpace(needed: bytes + FileDownload.reserve, available: available)
    }
  }

  private func make(_ folder: String) throws(HubError) {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw .file(name: URL(filePath: folder).lastPathComponent, reason: "the folder cannot be made")
    }
  }

  /// The size of a file, 0 if there is none.
  private static func bytes(at path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
