import Generation
import JobQueue

/// A finished picture as its owner sees it.
struct ImageDocument: Encodable, Sendable {
  private let record: ImageRecord

  init(_ record: ImageRecord) { self.record = record }

  enum CodingKeys: String, CodingKey {
    case id, index, seed, width, height, url, favourite
    /// diffusers' name of it: the picture is black.
    case isFlagged = "nsfw_content_detected"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(record.id, forKey: .id)
    try container.encode(record.index, forKey: .index)
    try container.encode(SeedDocument(record.seed), forKey: .seed)
    try container.encode(record.width, forKey: .width)
    try container.encode(record.height, forKey: .height)
    try container.encode("/api/images/\(record.id)", forKey: .url)
    try container.encode(record.favourite, forKey: .favourite)
    try container.encode(record.isFlagged, forKey: .isFlagged)
  }
}
