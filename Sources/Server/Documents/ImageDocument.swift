import Generation

/// A finished picture as its owner sees it.
struct ImageDocument: Encodable, Sendable {
  var image: ImageDescription

  enum CodingKeys: String, CodingKey {
    case id, index, seed, width, height, url, favourite
    case thumbnailURL = "thumbnail_url"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(image.id, forKey: .id)
    try container.encode(image.index, forKey: .index)
    try container.encode(SeedDocument(image.seed), forKey: .seed)
    try container.encode(image.width, forKey: .width)
    try container.encode(image.height, forKey: .height)
    try container.encode(image.url, forKey: .url)
    try container.encode(image.url + "/thumbnail", forKey: .thumbnailURL)
    try container.encode(image.favourite, forKey: .favourite)
  }

  /// Where a picture is served.
  static func url(_ id: ImageID) -> String { "/api/images/\(id)" }
}
