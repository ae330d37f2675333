/// Keeps the bytes of pictures, named by their SHA-256.
///
/// A folder is the embedded implementation; one over an object store can follow the same conformance
/// tests. Which user may see a picture is not its business: the database answers that.
public protocol ImageStore: Sendable {
  /// Stores a picture; when this returns it survives a loss of power.
  /// - Returns: the SHA-256 of `bytes` in lower-case hexadecimal.
  func store(_ bytes: [UInt8]) async throws(ImageStoreError) -> String
  /// Stores the small version of a picture, as durably.
  func storeThumbnail(_ bytes: [UInt8], of sha256: String) async throws(ImageStoreError)
  /// Where the bytes are, or nil when they are not stored.
  func find(_ sha256: String, _ variant: ImageVariant) async throws(ImageStoreError) -> StoredImage?
  /// A picture's bytes, or nil when they are not stored.
  func read(_ sha256: String) async throws(ImageStoreError) -> [UInt8]?
  /// Removes every file that is older than `age` and whose name `kept` does not return: what a crash
  /// left between file and row, and what users deleted.
  ///
  /// Nothing is removed at once on a user's word, because another job may be storing the same bytes;
  /// storing again makes a file young again.
  /// - Returns: how many files went.
  func sweep(olderThan age: Duration, keeping kept: @Sendable ([String]) async throws -> Set<String>)
    async throws -> Int
  /// Bytes free where pictures are stored.
  func freeBytes() async throws(ImageStoreError) -> Int
}
