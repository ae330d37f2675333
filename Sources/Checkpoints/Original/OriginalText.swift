/// A text encoder of a file in the original layout: OpenAI's CLIP under transformers' names (SD 1.x, SDXL's first), or
/// OpenCLIP under its own (SD 2.x, SDXL's second), of which the last block but one is read.
struct OriginalText {
  /// Which of them it is.
  enum Kind {
    case openAI
    case openCLIP
  }

  /// Which of them it is.
  let kind: Kind
  let vocabularySize, width, feedForwardWidth, maximumLength: Int
  /// Blocks that are used.
  let layers: Int
  /// Width of the projected pooled text; nil where nobody asks for it.
  let projectionWidth: Int?
  /// diffusers' names.
  private(set) var table: KeyTable

  init(_ entries: [TensorEntry], file: String) throws(CheckpointError) {
    for prefix in ["cond_stage_model.transformer.text_model.", "cond_stage_model.transformer."] {
      let names = TensorNames(entries, prefix: prefix)
      if !names.isEmpty {
        try self.init(openAI: names, prefix: prefix)
        return
      }
    }
    let prefix = "cond_stage_model.model."
    let names = TensorNames(entries, prefix: prefix)
    guard !names.isEmpty else {
      throw .unknownLayout(
        file: file, reason: "has a UNet but no text encoder; expected tensors 'cond_stage_model.…'")
    }
    try self.init(openCLIP: names, prefix: prefix, isPooled: false)
  }

  /// SDXL's two; throws `.unknownLayout` for the refiner, which has the second only.
  static func pair(
    _ entries: [TensorEntry], file: String
  ) throws(CheckpointError) -> (first: OriginalText, second: OriginalText) {
    let prefixes = ["conditioner.embedders.0.transformer.text_model.", "conditioner.embedders.1.model."]
    let (first, second) = (
      TensorNames(entries, prefix: prefixes[0]), TensorNames(entries, prefix: prefixes[1])
    )
    guard !first.isEmpty, !second.isEmpty else {
      throw .unknownLayout(
        file: file,
        reason: "expected SDXL's two text encoders, tensors '\(prefixes[0])…' and '\(prefixes[1])…'; "
          + "the refiner has one and is not supported")
    }
    return (
      try OriginalText(openAI: first, prefix: prefixes[0]),
      try OriginalText(openCLIP: second, prefix: prefixes[1], isPooled: true)
    )
  }

  private init(openAI names: TensorNames, prefix: String) throws(CheckpointError) {
    kind = .openAI
    projectionWidth = nil
    vocabularySize = try names.size("embeddings.token_embedding.weight", 0)
    width = try names.size("embeddings.token_embedding.weight", 1)
    maximumLength = try names.size("embeddings.position_embedding.weight", 0)
    feedForwardWidth = try names.size("encoder.layers.0.mlp.fc1.weight", 0)
    layers = names.count(below: "encoder.layers", limit: 256)
    table = KeyTable(names, prefix: prefix)
    table.all(below: "", "text_model.")
  }

  /// - Parameter isPooled: Whether the last block is used too, for the pooled text and its projection.
  private init(openCLIP names: TensorNames, prefix: String, isPooled: Bool) throws(CheckpointError) {
    kind = .openCLIP
    projectionWidth = isPooled ? try names.size("text_projection", 1) : nil
    vocabularySize = try names.size("token_embedding.weight", 0)
    width = try names.size("token_embedding.weight", 1)
    maximumLength = try names.size("positional_embedding", 0)
    feedForwardWidth = try names.size("transformer.resblocks.0.mlp.c_fc.weight", 0)
    let blocks = names.count(below: "transformer.resblocks", limit: 256)
    // SD 2.x reads the last block but one. Of 24 blocks some tools keep only the 23 that are used.
    layers = isPooled || blocks == 23 || blocks == 1 ? blocks : blocks - 1
    table = KeyTable(names, prefix: prefix)
    table.module("token_embedding", "text_model.embeddings.token_embedding")
    table.tensor("positional_embedding", "text_model.embeddings.position_embedding.weight")
    table.module("ln_final", "text_model.final_layer_norm")
    for layer in 0..<layers { block(layer) }
    for layer in layers..<max(blocks, layers) { table.ignore(below: "transformer.resblocks.\(layer).") }
    // OpenCLIP multiplies by it from the right, a linear layer from the left.
    if isPooled { table.tensor("text_projection", "text_projection.weight", part: .transposed) }
    for place in ["text_projection", "logit_scale", "attn_mask"] { table.ignore(below: place) }
  }

  private mutating func block(_ layer: Int) {
    let (place, target) = ("transformer.resblocks.\(layer)", "text_model.encoder.layers.\(layer)")
    for (part, name) in [
      ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("attn.out_proj", "self_attn.out_proj"),
      ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"),
    ] { table.module("\(place).\(part)", "\(target).\(name)") }
    for (third, name) in ["q_proj", "k_proj", "v_proj"].enumerated() {
      for parameter in ["weight", "bias"] {
        table.tensor(
          "\(place).attn.in_proj_\(parameter)", "\(target).self_attn.\(name).\(parameter)",
          part: .third(third))
      }
    }
  }
}
