import FoundationEssentials
import Generation
import Testing

@Suite struct GenerationRequestTests {
  @Test func `a request survives JSON under its public names`() throws {
    let request = GenerationRequest(
      prompt: "a \"red\" circle\n", negativePrompt: "é", model: "m", sampler: "DPM++ 2M", steps: 20,
      guidanceScale: 7.5, width: 128, height: 64, batchCount: 2, seed: (1 << 53) - 1, eta: 0.5)
    let data = try JSONEncoder().encode(request)
    let text = String(decoding: data, as: UTF8.self)
    for name in ["negative_prompt", "guidance_scale", "batch_count"] {
      #expect(text.contains("\"\(name)\""))
    }
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: data) == request)
  }

  @Test func `pictures of a varied request differ by the variation seed`() throws {
    var request = GenerationRequest(
      prompt: "p", model: "m", sampler: "Euler", steps: 1, guidanceScale: 1, width: 64, height: 64, seed: 5)
    request.variationSeed = 9
    #expect(request.seed(ofPicture: 2) == 7 && request.variationSeed(ofPicture: 2) == nil)
    request.variationStrength = 0.1
    #expect(request.seed(ofPicture: 2) == 5 && request.variationSeed(ofPicture: 2) == 11)
    (request.noiseSource, request.seedDelta, request.sigmaMaximum) = (.nv, 31337, 2.5)
    let data = try JSONEncoder().encode(request)
    let text = String(decoding: data, as: UTF8.self)
    for name in ["\"noise_source\":\"nv\"", "\"seed_delta\":31337", "\"sigma_tmax\":2.5", "variation_seed"] {
      #expect(text.contains(name))
    }
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: data) == request)
  }

  @Test func `identifiers are bare JSON strings`() throws {
    let data = try JSONEncoder().encode([JobID("abc")])
    #expect(String(decoding: data, as: UTF8.self) == "[\"abc\"]")
    #expect(try JSONDecoder().decode([ImageID].self, from: data) == [ImageID("abc")])
  }

  @Test func `only the three last states are terminal`() {
    #expect(JobState.allCases.filter(\.isTerminal) == [.finished, .failed, .cancelled])
  }
}
