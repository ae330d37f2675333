import Checkpoints
import Layers
import Tensors

/// CLIP's transformer of pictures (Radford 2021): a prepared picture to a vector beside those of texts.
struct VisionTower: Sendable {
  private let config: SafetyCheckerConfig
  private let patches: PackedLinear
  private let classVector: [Float]
  private let positions: [Float]
  private let firstNorm: LayerNorm
  private let layers: [CLIPLayer]
  private let lastNorm: LayerNorm
  private let projection: Linear
  private let backend: Backend

  /// Takes `vision_model` and `visual_projection`; throws `CheckpointError` or `TensorError`.
  init(_ loader: LayerLoader, _ config: SafetyCheckerConfig) throws {
    self.config = config
    backend = loader.backend
    let (vision, width) = (config.vision, config.vision.block.width)
    // transformers wraps the tower twice; its fifth version no longer does.
    let outer = loader["vision_model"]
    let isWrapped = outer.weights.contains("vision_model.embeddings.class_embedding")
    let tower = isWrapped ? outer["vision_model"] : outer
    let embeddings = tower["embeddings"].weights
    let side = vision.patchSide
    // A convolution whose windows do not overlap is a product with each patch.
    patches = try PackedLinear(
      on: backend,
      weight: embeddings["patch_embedding"].tensor("weight", shape: [width, 3, side, side]).floats(),
      outputs: width, inputs: 3 * side * side)
    classVector = try embeddings.tensor("class_embedding", shape: [width]).floats()
    positions = try embeddings["position_embedding"].tensor("weight", shape: [vision.patches + 1, width])
      .floats()
    firstNorm = try LayerNorm(tower["pre_layrnorm"], columns: width, epsilon: vision.block.normEpsilon)
    layers = try (0..<vision.layers).map { index in
      try CLIPLayer(tower["encoder"]["layers"][index], vision.block, causal: false)
    }
    lastNorm = try LayerNorm(tower["post_layernorm"], columns: width, epsilon: vision.block.normEpsilon)
    projection = try Linear(
      loader["visual_projection"], inputs: width, outputs: config.projectionWidth, bias: false)
  }

  /// The vector of a picture [3, side, side] in row-major order.
  func callAsFunction(_ pixels: [Float]) throws -> [Float] {
    let (vision, width) = (config.vision, config.vision.block.width)
    let input = try backend.tensor(
      cut(pixels), shape: [vision.patches, 3 * vision.patchSide * vision.patchSide])
    let embedded = classVector + (try input.linear(patches).floats())
    let placed = zip(embedded, positions).map { $0 + $1 }
    var hidden = try firstNorm(backend.tensor(placed, shape: [1, vision.patches + 1, width]))
    for layer in layers { hidden = try layer(hidden) }
    let first = try hidden.reshaped([vision.patches + 1, width]).batch(0..<1)
    return try projection(lastNorm(first)).floats()
  }

  /// The patches row by row, each [3, side, side].
  private func cut(_ pixels: [Float]) -> [Float] {
    let (side, whole) = (config.vision.patchSide, config.vision.pictureSide)
    let count = whole / side
    var result: [Float] = []
    result.reserveCapacity(pixels.count)
    for row in 0..<count {
      for column in 0..<count {
        for line in 0..<3 * side {
          let (channel, y) = (line / side, row * side + line % side)
          let start = (channel * whole + y) * whole + column * side
          result += pixels[start..<start + side]
        }
      }
    }
    return result
  }
}
