import Checkpoints
import Layers
import Tensors

/// SDXL's second text encoder and its tokenizer: the same words, other padding, wider states.
struct SecondTextEncoder: Sendable {
  let tokenizer: CLIPTokenizer
  let encoder: TextEncoder

  /// Loads it, if the model's family has one; throws `CheckpointError`, `TokenizerError` or `TensorError`.
  init?(_ model: any ModelSource, backend: Backend, adaptation: Adaptation? = nil) throws {
    guard try model.family() == .sdxl else { return nil }
    tokenizer = try CLIPTokenizer(model, folder: "tokenizer_2")
    encoder = try TextEncoder(model, .textEncoder2, backend: backend, adaptation: adaptation)
  }
}
