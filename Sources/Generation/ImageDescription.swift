/// One finished picture of a job, as clients see it.
public struct ImageDescription: Codable, Hashable, Sendable {
  /// The picture's name.
  public var id: ImageID
  /// Place in the job, from 0.
  public var index: Int
  /// The picture's own seed.
  public var seed: Int64
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// Where the PNG is, a path on this server.
  public var url: String
  /// Whether its owner keeps it from clean-up.
  public var favourite: Bool

  /// Makes a description.
  public init(
    id: ImageID, index: Int, seed: Int64, width: Int, height: Int, url: String, favourite: Bool = false
  ) {
    self.id = id
    self.index = index
    self.seed = seed
    self.width = width
    self.height = height
    self.url = url
    self.favourite = favourite
  }
}
