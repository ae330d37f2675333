import Generation

/// What a prompt plan depends on.
///
/// Canonically equal prompts are equal: the tokenizer composes them.
struct PromptKey: Equatable {
  var prompt: String
  var negativePrompt: String
  var clipSkip: Int?
  var emphasis: EmphasisMode?
  var guidanceFactor: Double?
  var guidanceScale: Double
  /// Steps, and those of the pass before.
  var steps, first: Int
  var extras: String
  /// SDXL is told the picture's size.
  var width, height: Int

  init(_ request: GenerationRequest, after first: Int, _ guidanceFactor: Double?, extras: String) {
    (self.extras, self.first) = (extras, first)
    prompt = request.prompt
    negativePrompt = request.negativePrompt
    clipSkip = request.clipSkip
    emphasis = request.emphasis
    self.guidanceFactor = guidanceFactor
    guidanceScale = request.guidanceScale
    steps = request.steps
    (width, height) = (request.width, request.height)
  }
}
