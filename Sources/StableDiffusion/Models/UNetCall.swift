public import Tensors

/// One evaluation of a UNet with all that goes in, as a value: it can be performed alone or with others.
public struct UNetCall: Sendable {
  let unet: UNet
  /// [rows, h, w, channels], in the type of activations.
  var latents: Tensor
  /// The further channels of an inpainting model.
  var condition: Tensor?
  /// Which of the timesteps.
  let step: Int
  let time: UNetTimeEmbeddings
  var conditioning: UNetConditioning
  /// Whether opposite edges meet.
  let tiles: Bool
  /// Whether it may be recorded, which takes memory.
  let records: Bool

  /// What must be alike for calls to be one batch.
  struct Kind: Hashable {
    private let network: ObjectIdentifier
    private let shapes: [Shape]
    private let tiles: Bool

    fileprivate init(_ call: UNetCall) {
      network = ObjectIdentifier(call.unet.identity)
      tiles = call.tiles
      let keysAndValues = call.conditioning.keysAndValues.flatMap { $0 }
      shapes = ([call.latents] + (call.condition.map { [$0] } ?? []) + keysAndValues).map {
        $0.shape.replacing(0, with: 1)
      }
    }
  }

  /// Its kind; nil for one that shares with none: hypernetworks are other weights, and what must not be recorded is to
  /// take little memory.
  var kind: Kind? { records && unet.hypernetworks == nil ? Kind(self) : nil }

  /// The prediction, [rows, h, w, channels] in float32.
  /// - Throws: `TensorError`.
  public func perform() throws -> Tensor {
    try latents.backend.wrapping(tiles) {
      try unet(
        latents, concatenating: condition, step: step, time: time, conditioning: conditioning,
        recording: records)
    }
  }

  /// The predictions of calls of one kind, made as one batch.
  /// - Parameter conditioning: Of all the calls, one after the other.
  /// - Throws: `TensorError`.
  static func perform(_ calls: [UNetCall], _ conditioning: UNetConditioning) throws -> [Tensor] {
    guard let first = calls.first else { return [] }
    let conditions = calls.compactMap(\.condition)
    let output = try first.latents.backend.wrapping(first.tiles) {
      try first.unet(
        try Tensor.concatenatedBatch(calls.map(\.latents)),
        concatenating: conditions.isEmpty ? nil : try Tensor.concatenatedBatch(conditions),
        moments: calls.map { UNetMoment(step: $0.step, time: $0.time, conditioning: $0.conditioning) },
        conditioning: conditioning)
    }
    var row = 0
    return try calls.map { call in
      defer { row += call.latents.shape[0] }
      return try output.batch(row..<row + call.latents.shape[0])
    }
  }
}
