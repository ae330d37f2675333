import FoundationEssentials

/// Fetches CLIP's standard vocabulary, which single-file models do not have, from the Python package
/// `open_clip_torch`.
public struct VocabularyFetch: Sendable {
  /// The folder it goes to, in a folder of models; single files beside it find it.
  public static let folderName = "clip-vocabulary"

  private let index: WebAddress
  private let session: HubSession

  private static let indexLimit = 16 << 20
  private static let wheelLimit = 64 << 20
  private static let textLimit = 16 << 20

  /// What the index says about a package.
  private struct Package: Decodable {
    struct File: Decodable {
      struct Digests: Decodable { let sha256: String }
      let packagetype: String
      let url: String
      let digests: Digests
    }
    let urls: [File]
  }

  /// - Parameter index: A Python package index with the JSON interface, `https://pypi.org/pypi`.
  public init(index: WebAddress, session: HubSession) {
    self.index = index
    self.session = session
  }

  /// Fetches the vocabulary into `models/clip-vocabulary/tokenizer`, replacing what is there.
  /// - Returns: The folder with the `tokenizer` folder.
  public func run(models: String) throws(HubError) -> String {
    let vocabulary = try CLIPVocabulary(merges: try merges())
    let place = "\(models)/\(Self.folderName)/tokenizer"
    do {
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for file in try vocabulary.files() {
        try file.content.write(to: URL(filePath: "\(place)/\(file.name)"), options: .atomic)
      }
    } catch let error as HubError {
      throw error
    } catch {
      throw .file(name: Self.folderName, reason: "cannot be written: \(error)")
    }
    return "\(models)/\(Self.folderName)"
  }

  private func merges() throws(HubError) -> String {
    let bytes = try fetch(try index.appending("open-clip-torch/json"), "the package index", Self.indexLimit)
    guard let package = try? JSONDecoder().decode(Package.self, from: Data(bytes)),
      let wheel = package.urls.first(where: { $0.packagetype == "bdist_wheel" })
    else { throw .malformed(what: "the package index", expected: "a wheel of open_clip_torch") }
    let content = try fetch(try WebAddress(wheel.url), "the wheel", Self.wheelLimit)
    var digest = RunningDigest(size: content.count)
    unsafe content.withUnsafeBytes { unsafe digest.update($0) }
    let found = digest.text(as: .sha256(""))
    guard found == wheel.digests.sha256.lowercased() else {
      throw .wrongHash(file: "the wheel", expected: wheel.digests.sha256, found: found)
    }
    let member = try WheelMember(
      endingWith: "/bpe_simple_vocab_16e6.txt.gz", in: content, limit: Self.textLimit)
    return String(decoding: try GzipFile.decompress(member.content, limit: Self.textLimit), as: UTF8.self)
  }

  private func fetch(_ address: WebAddress, _ what: String, _ limit: Int) throws(HubError) -> [UInt8] {
    let sink = MemorySink(what, host: address.origin.host, limit: limit)
    try session.get(address, into: sink)
    return sink.bytes
  }
}
