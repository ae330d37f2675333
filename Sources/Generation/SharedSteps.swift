/// What jobs must have in common for a device to make their model evaluations together.
///
/// The network and the sizes of what goes in; prompts, seeds, samplers, steps and guidance are each job's own.
public struct SharedSteps: Hashable, Sendable {
  private let model: String
  private let width, height: Int
  private let vae: String?
  private let tiling: Bool
  private let hiresScale: Double?
  /// The tags that change the network, in their order; a prompt may have the same ones elsewhere.
  private let networks: [[String]]

  /// What a request shares; nil for one that is always made alone.
  ///
  /// An upscaler, also of hires fix, is a network of its own, and hypernetworks work beside the device.
  public init?(_ request: GenerationRequest) {
    guard request.mode != .upscale, request.hiresScale == nil || request.hiresUpscaler == nil else {
      return nil
    }
    var networks: [[String]] = []
    for prompt in [request.prompt, request.hiresPrompt].compactMap(\.self) {
      let tags = ExtraNetwork.cut(from: prompt).networks
      guard tags.allSatisfy({ $0.kind != "hypernet" }) else { return nil }
      networks.append(
        tags.filter { $0.kind == "lora" }.flatMap { tag in
          tag.arguments + tag.named.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + [">"]
        })
    }
    self.networks = networks
    (model, width, height) = (request.model, request.width, request.height)
    (vae, tiling, hiresScale) = (request.vae, request.tiling ?? false, request.hiresScale)
  }
}
