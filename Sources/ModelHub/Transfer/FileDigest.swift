internal import Hashes

/// What a file's content is known by.
public enum FileDigest: Equatable, Sendable {
  /// SHA-256 in lower-case hexadecimal.
  case sha256(String)
  /// Git's name of a blob: SHA-1 of `blob SIZE`, a zero byte and the content.
  case gitBlob(String)

  /// A digest from what a host says, told apart by length; nil for something else.
  init?(hexadecimal text: String) {
    let text = text.lowercased()
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
      return nil
    }
    switch text.count {
    case 64: self = .sha256(text)
    case 40: self = .gitBlob(text)
    default: return nil
    }
  }

  /// The hexadecimal digits.
  var text: String {
    switch self {
    case .sha256(let text), .gitBlob(let text): text
    }
  }
}

/// Both digests of a content that comes in pieces.
struct RunningDigest {
  private var sha256 = SHA256()
  private var sha1 = SHA1()

  /// - Parameter size: The content's size, which Git's digest begins with; 0 if it is not known.
  init(size: Int) { sha1.update(data: Array("blob \(size)\0".utf8)) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe sha256.update(bufferPointer: bytes)
    unsafe sha1.update(bufferPointer: bytes)
  }

  /// The digest of the same kind as `other`.
  func text(as other: FileDigest) -> String {
    switch other {
    case .sha256: Hexadecimal.text(sha256.finalize())
    case .gitBlob: Hexadecimal.text(sha1.finalize())
    }
  }
}
