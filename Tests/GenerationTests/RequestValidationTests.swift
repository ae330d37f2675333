import Generation
import Testing

@Suite struct RequestValidationTests {
  static let good = GenerationRequest(
    prompt: "p", model: "m", sampler: "Euler", steps: 20, guidanceScale: 7, width: 512, height: 512, seed: 0)

  struct Case: Sendable, CustomTestStringConvertible {
    var change: @Sendable (inout GenerationRequest) -> Void
    var code: String
    var field: String
    var message: String
    var testDescription: String { message }
  }

  static let cases: [Case] = [
    Case(
      change: { $0.prompt = String(repeating: "é", count: 2001) }, code: "prompt_too_long", field: "prompt",
      message: "prompt must be at most 4000 bytes of UTF-8; got 4002"),
    Case(
      change: { $0.negativePrompt = String(repeating: "a", count: 4001) }, code: "prompt_too_long",
      field: "negative_prompt", message: "negative_prompt must be at most 4000 bytes of UTF-8; got 4001"),
    Case(
      change: { $0.steps = 900 }, code: "out_of_range", field: "steps",
      message: "steps must be between 1 and 150; got 900"),
    Case(
      change: { $0.guidanceScale = .nan }, code: "out_of_range", field: "guidance_scale",
      message: "guidance_scale must be between 0.0 and 30.0; got nan"),
    Case(
      change: { $0.width = 100 }, code: "not_a_multiple", field: "width",
      message: "width must be a multiple of 8; got 100"),
    Case(
      change: { $0.height = .max }, code: "out_of_range", field: "height",
      message: "height must be between 64 and 2048; got 9223372036854775807"),
    Case(
      change: { $0.batchCount = 0 }, code: "out_of_range", field: "batch_count",
      message: "batch_count must be between 1 and 8; got 0"),
    Case(
      change: { $0.seed = -1 }, code: "out_of_range", field: "seed",
      message: "seed must be between 0 and 9007199254740991; got -1"),
    Case(
      change: {
        $0.seed = (1 << 53) - 1
        $0.batchCount = 2
      }, code: "out_of_range", field: "seed",
      message: "seed must be between 0 and 9007199254740990; got 9007199254740991"),
    Case(
      change: { $0.eta = 1.5 }, code: "out_of_range", field: "eta",
      message: "eta must be between 0.0 and 1.0; got 1.5"),
    Case(
      change: { $0.clipSkip = 0 }, code: "out_of_range", field: "clip_skip",
      message: "clip_skip must be between 1 and 12; got 0"),
  ]

  @Test func `a request within every range passes`() throws {
    try Limits().check(Self.good)
  }

  @Test(arguments: cases) func `a value out of range is named with what was expected`(_ item: Case) {
    var request = Self.good
    item.change(&request)
    #expect(throws: UserError(code: item.code, message: item.message, field: item.field)) {
      try Limits().check(request)
    }
  }

  @Test func `narrowed limits bound the pixels`() {
    var limits = Limits()
    limits.maxPixels = 512 * 512
    var request = Self.good
    request.width = 520
    #expect(
      throws: UserError(
        code: "out_of_range",
        message: "width times height must be at most 262144 pixels; got 520x512", field: "height")
    ) {
      try limits.check(request)
    }
  }
}
