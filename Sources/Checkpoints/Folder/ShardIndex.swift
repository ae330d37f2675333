/// A `*.safetensors.index.json`: which shard holds which tensor.
struct ShardIndex: Decodable {
  let weightMap: [String: String]

  enum CodingKeys: String, CodingKey {
    case weightMap = "weight_map"
  }
}
