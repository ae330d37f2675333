import Checkpoints
import Generation
import StableDiffusion
import Tensors
import Testing

/// What prompts do to pictures of the tiny models.
@Suite struct PromptPictureTests {
  private func latents(
    _ prompt: String, _ model: String = "tiny-sd1", steps: Int = 4, guidance: Double = 5,
    emphasis: EmphasisMode? = nil
  ) throws -> [Float] {
    var request = PipelineTests.request(steps: steps, guidance: guidance)
    request.prompt = prompt
    request.emphasis = emphasis
    var denoising = try PipelineTests.pipeline(model).begin(request, image: 0)
    while try denoising.step() {}
    return try denoising.latents.floats()
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test func `a weight of one and brackets that are text change nothing`() throws {
    let plain = try latents("a red circle")
    #expect(try latents("(a red circle:1)") == plain)
    #expect(try latents("(a red circle:1.5)", emphasis: .ignore) == plain)
    #expect(try latents("a red circle AND blue:0") == plain)
    #expect(try latents("[a red circle:blue:4]") == plain)
    #expect(try latents("(a red circle:1.5)") != plain)
    let (a1, b1) = (
      try latents("a \\(red\\) circle"), try latents("a (red) circle", emphasis: EmphasisMode.none)
    )
    #expect(a1 == b1)
    let (a2, b2) = (try latents("(red:1.5) circle", emphasis: .noNorm), try latents("(red:1.5) circle"))
    #expect(a2 != b2)
  }

  @Test func `steps see the text of their turn`() throws {
    // Up to the change the latents are those of the first text, from then on other ones.
    var request = PipelineTests.request(steps: 4)
    request.prompt = "[red circle:blue star:2]"
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var changing = try pipeline.begin(request, image: 0)
    request.prompt = "red circle"
    var first = try pipeline.begin(request, image: 0)
    for step in 1...4 {
      _ = try changing.step()
      _ = try first.step()
      let (now, then) = (try changing.latents.floats(), try first.latents.floats())
      let same = now == then
      #expect(same == (step <= 2), "step \(step)")
    }
    let (a3, b3) = (try latents("[red|blue] star"), try latents("red star"))
    #expect(a3 != b3)
    let (a4, b4) = (try latents("[red|red] star"), try latents("red star"))
    #expect(a4 == b4)
  }

  @Test(arguments: Goldens.models)
  func `parts that say the same add up to one`(_ model: String) throws {
    let one = try latents("red star", model)
    let halves = try latents("red star:0.5 AND red star:0.5", model)
    #expect(distance(halves, one) < 1e-4)
    let fifths = Array(repeating: "red star:0.2", count: 5).joined(separator: " AND ")
    let five = try latents(fifths, model)
    #expect(distance(five, one) < 1e-4)
    // The negative prompt cancels: with weights that add up to 1/guidance only the condition is left.
    let fifth = try latents("red star:0.2", model)
    let alone = try latents("red star", model, guidance: 1)
    #expect(distance(fifth, alone) < 1e-4)
  }

  @Test func `prompts of different lengths run apart and give what one batch would`() throws {
    let long = Array(repeating: "red star", count: 60).joined(separator: " ")
    let picture = try latents(long)
    let isFinite = picture.allSatisfy(\.isFinite)
    #expect(isFinite)
    let short = try latents("red star")
    #expect(picture != short)
    let (a5, b5) = (try latents("red star BREAK blue"), try latents("red star blue"))
    #expect(a5 != b5)
  }

  @Test func `an unknown network is an error that names it`() throws {
    #expect(throws: UserError.self) { try latents("a <lora:style:0.8> cat") }
    do { _ = try latents("a <lora:style:0.8> cat") } catch let error as UserError {
      #expect(error.field == "prompt" && error.message.contains("'style'"))
    }
    let (a6, b6) = (try latents("a cat <3"), try latents("a cat <3"))
    #expect(a6 == b6)
  }
}
