/// What the hub says about a repository: `GET /api/models/OWNER/NAME/revision/REV?blobs=true`.
struct RepositoryListing: Decodable, Equatable {
  /// A file of it.
  struct File: Decodable, Equatable {
    /// Its path.
    let name: String
    /// Its bytes.
    let size: Int?
    /// Its content.
    let digest: FileDigest?

    /// Larger than any file; a host that says more says nothing.
    private static let sizeLimit = 1 << 44

    private enum CodingKeys: String, CodingKey {
      case name = "rfilename"
      case size, lfs, blobId
    }

    private struct LargeFile: Decodable {
      let sha256, oid: String?
      let size: Int?
    }

    init(name: String, size: Int?, digest: FileDigest? = nil) {
      (self.name, self.size, self.digest) = (name, size, digest)
    }

    init(from decoder: any Decoder) throws {
      let file = try decoder.container(keyedBy: CodingKeys.self)
      name = try file.decode(String.self, forKey: .name)
      let large = try file.decodeIfPresent(LargeFile.self, forKey: .lfs)
      let size = try large?.size ?? file.decodeIfPresent(Int.self, forKey: .size)
      self.size = size.flatMap { (0...Self.sizeLimit).contains($0) ? $0 : nil }
      let blob = try file.decodeIfPresent(String.self, forKey: .blobId)
      digest = (large?.sha256 ?? large?.oid ?? blob).flatMap { FileDigest(hexadecimal: $0) }
    }
  }

  /// The commit the files are of.
  let commit: String
  /// All files.
  let files: [File]

  private enum CodingKeys: String, CodingKey {
    case commit = "sha"
    case files = "siblings"
  }
}
