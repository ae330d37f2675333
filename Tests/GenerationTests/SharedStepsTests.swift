import Generation
import Testing

@Suite struct SharedStepsTests {
  private let base = GenerationRequest(
    prompt: "a cat", model: "m", sampler: "Euler", steps: 4, guidanceScale: 7, width: 64, height: 32, seed: 1)

  private func shares(_ change: (inout GenerationRequest) -> Void) -> Bool {
    var other = base
    change(&other)
    return SharedSteps(base) == SharedSteps(other)
  }

  @Test func `prompts, seeds and samplers are each job's own`() {
    #expect(shares { $0.prompt = "a dog" })
    #expect(shares { ($0.seed, $0.batchCount, $0.steps) = (9, 3, 20) })
    #expect(shares { ($0.sampler, $0.schedule, $0.guidanceScale) = ("DDIM", "trailing", 1) })
    #expect(shares { $0.mode = .img2img })
  }

  @Test func `what changes the network or the sizes keeps jobs apart`() {
    #expect(!shares { $0.model = "n" })
    #expect(!shares { $0.width = 128 })
    #expect(!shares { $0.height = 64 })
    #expect(!shares { $0.vae = "v" })
    #expect(!shares { $0.tiling = true })
    #expect(!shares { $0.hiresScale = 2 })
    #expect(!shares { $0.prompt = "a cat <lora:ink:0.5>" })
  }

  @Test func `the same LoRAs at the same weights keep nobody apart`() {
    var (one, other) = (base, base)
    one.prompt = "<lora:ink:0.5:te=1> a cat"
    other.prompt = "a dog <lora:ink:0.5:te=1>"
    #expect(SharedSteps(one) == SharedSteps(other))
    other.prompt = "a dog <lora:ink:0.6:te=1>"
    #expect(SharedSteps(one) != SharedSteps(other))
    other.prompt = "a dog <lora:ink:0.5:te=2>"
    #expect(SharedSteps(one) != SharedSteps(other))
  }

  @Test func `some are always made alone`() {
    for change in [
      { $0.mode = .upscale }, { ($0.hiresScale, $0.hiresUpscaler) = (2, "Lanczos") },
      { $0.prompt = "<hypernet:h:1>" },
    ] as [(inout GenerationRequest) -> Void] {
      var request = base
      change(&request)
      #expect(SharedSteps(request) == nil)
    }
  }
}
