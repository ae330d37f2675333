/// The parts of a diffusers folder that hold weights.
public enum ModelComponent: String, CaseIterable, Sendable {
  /// The network that predicts noise.
  case unet
  /// The autoencoder.
  case vae
  /// CLIP's text transformer.
  case textEncoder = "text_encoder"

  /// The stem of its weight files: transformers and diffusers name them differently.
  var weightStem: String { self == .textEncoder ? "model" : "diffusion_pytorch_model" }

  /// Names its weights may have, the preferred one first.
  var weightFiles: [String] {
    ["\(rawValue)/\(weightStem).safetensors", "\(rawValue)/\(weightStem).fp16.safetensors"]
  }

  /// Names the index of its shards may have.
  var shardIndexes: [String] {
    [
      "\(rawValue)/\(weightStem).safetensors.index.json",
      "\(rawValue)/\(weightStem).safetensors.index.fp16.json",
      "\(rawValue)/\(weightStem).fp16.safetensors.index.json",
    ]
  }
}
