import Checkpoints
import Generation
import Tensors

/// What the UNet is given at each step of a picture: the prompt's parts and the negative prompt, each as it is
/// then, and how the predictions are weighed.
///
/// Belongs to its pipeline's thread.
final class PromptPlan {
  /// One run of the UNet: texts of equal length as a batch, and each one's share of the guided prediction.
  struct Run {
    var conditioning: UNetConditioning
    var shares: [Float]
  }

  private struct Share: Hashable {
    var text: String
    var share: Double
    /// Whether the text encoders' states count as zeros: SDXL's empty negative prompt.
    var isZero = false
  }

  /// Keys and values kept for so many different steps.
  private static let capacity = 8

  private let positive: [(schedule: PromptSchedule, weight: Double)]
  private let negative: PromptSchedule
  private let guidance: Double
  /// Whether the negative prompt is run even without a share, as the first text of the first run.
  let keepsUnconditional: Bool
  private let zeroesEmptyNegative: Bool
  /// Height and width of the original, the crop's corner, height and width of the target: as SDXL is told.
  private let sizes: [Float]
  private let encoder: PromptEncoder
  private let unet: UNet
  private var made: [(shares: [Share], runs: [Run])] = []

  /// - Parameters:
  ///   - guidanceFactor: Of a sampler that needs the unconditional prediction: what the guidance scale is multiplied
  ///     by.
  ///   - prompt: The request's prompt without its tags.
  ///   - first: Steps of the pass before this one; 0: there was none.
  ///   - zeroesEmptyNegative: Whether an empty negative prompt is zeros.
  init(
    _ request: GenerationRequest, prompt: String, after first: Int = 0, _ encoder: PromptEncoder,
    _ unet: UNet,
    guidanceFactor: Double? = nil, zeroesEmptyNegative: Bool = false
  ) {
    positive = PromptComposition.parse(prompt).map {
      (PromptSchedule($0.text, steps: request.steps, after: first), $0.weight)
    }
    negative = PromptSchedule(request.negativePrompt, steps: request.steps, after: first)
    // A model that is told the guidance scale is not guided a second time.
    guidance = unet.config.guidanceEmbeddingWidth == nil ? request.guidanceScale * (guidanceFactor ?? 1) : 1
    self.zeroesEmptyNegative = zeroesEmptyNegative
    let (height, width) = (Float(request.height), Float(request.width))
    sizes = [height, width, 0, 0, height, width]
    keepsUnconditional = guidanceFactor != nil
    self.encoder = encoder
    self.unet = unet
  }

  /// The embeddings in the prompts, in whatever steps, each once.
  func embeddings() -> [EmbeddingTable.Entry] {
    let texts = (positive.map(\.schedule) + [negative]).flatMap { $0.parts.map(\.text) }
    var found: [EmbeddingTable.Entry] = []
    for entry in texts.flatMap(encoder.embeddings(in:)) where !found.contains(entry) { found.append(entry) }
    return found
  }

  /// The runs of the UNet for a step, counted from 1.
  func runs(at step: Int) throws -> [Run] {
    let shares = shares(at: step)
    if let known = made.first(where: { $0.shares == shares }) { return known.runs }
    var runs: [Run] = []
    // Texts of one length run together: attention sees no difference, and one batch is quicker.
    var groups: [(chunks: Int, shares: [Share])] = []
    for share in shares {
      let chunks = encoder.chunkCount(share.text)
      if let index = groups.firstIndex(where: { $0.chunks == chunks }) {
        groups[index].shares.append(share)
      } else {
        groups.append((chunks, [share]))
      }
    }
    for group in groups {
      let zeroed = group.shares.indices.filter { group.shares[$0].isZero }
      let states = try encoder.states(group.shares.map(\.text), zeroed: Set(zeroed))
      runs.append(
        Run(
          conditioning: try unet.prepare(hiddenStates: states.hidden, pooled: states.pooled, sizes: sizes),
          shares: group.shares.map { Float($0.share) }))
    }
    made.append((shares, runs))
    if made.count > Self.capacity { made.removeFirst() }
    return runs
  }

  /// Classifier-free guidance over parts (Ho and Salimans 2022, Liu 2022): unconditional +
  /// Σ guidance · weight · (conditional − unconditional), negative prompt first; a share of 0 is not run.
  private func shares(at step: Int) -> [Share] {
    let parts = positive.map { Share(text: $0.schedule.text(at: step), share: guidance * $0.weight) }
    let text = negative.text(at: step)
    let unconditional = Share(
      text: text, share: 1 - parts.reduce(0) { $0 + $1.share }, isZero: zeroesEmptyNegative && text.isEmpty)
    if keepsUnconditional { return [unconditional] + parts }
    let shares = ([unconditional] + parts).filter { $0.share != 0 }
    return shares.isEmpty ? [unconditional] : shares
  }
}
