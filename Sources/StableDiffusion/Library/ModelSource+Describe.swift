public import Checkpoints
import FoundationEssentials
public import Generation

extension ModelSource {
  /// The model as capabilities show it, without its hash; reads configurations and headers only.
  /// - Throws: `CheckpointError`.
  public func describe() throws -> ModelDescription {
    let (unet, vae) = (try unetConfig(), try vaeConfig())
    let side = (unet.sampleSize ?? 64) * vae.scale
    var defaults = ModelDefaults(width: side, height: side, sampler: "DPM++ 2M")
    if contains("atelier.json") {
      let own: ModelPreferences = try decode("atelier.json")
      own.apply(to: &defaults)
    }
    return ModelDescription(
      name: name, family: try family().rawValue, sha256: nil,
      bytes: try weightBytes(), precision: try precision(), defaults: defaults,
      examples: contains("examples.json") ? try decode("examples.json") : [])
  }
}

/// The optional `atelier.json` of a model folder: settings that suit the model, all optional.
private struct ModelPreferences: Decodable {
  private struct Defaults: Decodable {
    var width, height, steps: Int?
    var guidanceScale: Double?
    var sampler, schedule: String?

    private enum CodingKeys: String, CodingKey {
      case width, height, steps, sampler, schedule
      case guidanceScale = "guidance_scale"
    }
  }

  private var defaults: Defaults?

  func apply(to target: inout ModelDefaults) {
    guard let defaults else { return }
    target.width = defaults.width ?? target.width
    target.height = defaults.height ?? target.height
    target.steps = defaults.steps ?? target.steps
    target.guidanceScale = defaults.guidanceScale ?? target.guidanceScale
    target.sampler = defaults.sampler ?? target.sampler
    target.schedule = defaults.schedule ?? target.schedule
  }
}
