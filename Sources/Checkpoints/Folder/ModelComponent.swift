/// The parts of a diffusers folder that hold weights.
public enum ModelComponent: String, CaseIterable, Sendable {
  /// The network that predicts noise.
  case unet
  /// The autoencoder.
  case vae
  /// CLIP's text transformer.
  case textEncoder = "text_encoder"
  /// SDXL's second text transformer, with a projection.
  case textEncoder2 = "text_encoder_2"
  /// CLIP's transformer of pictures and concepts that are not to be shown.
  case safetyChecker = "safety_checker"

  /// The stem of its weight files: transformers and diffusers name them differently.
  var weightStem: String {
    self == .unet || self == .vae ? "diffusion_pytorch_model" : "model"
  }

  /// Names its weights may have, the preferred one first.
  var weightFiles: [String] {
    ["\(rawValue)/\(weightStem).safetensors"]
      + Self.variants.map { "\(rawValue)/\(weightStem).\($0).safetensors" }
  }

  /// Names the index of its shards may have.
  var shardIndexes: [String] {
    ["\(rawValue)/\(weightStem).safetensors.index.json"]
      + Self.variants.flatMap {
        [
          "\(rawValue)/\(weightStem).safetensors.index.\($0).json",
          "\(rawValue)/\(weightStem).\($0).safetensors.index.json",
        ]
      }
  }

  /// diffusers' `variant`: what may stand in the middle of a file's name, the preferred one first.
  private static let variants = ["fp16", "bf16", "fp32", "ema", "non_ema"]
}
