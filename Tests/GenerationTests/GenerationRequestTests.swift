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

  @Test func `identifiers are bare JSON strings`() throws {
    let data = try JSONEncoder().encode([JobID("abc")])
    #expect(String(decoding: data, as: UTF8.self) == "[\"abc\"]")
    #expect(try JSONDecoder().decode([ImageID].self, from: data) == [ImageID("abc")])
  }

  @Test func `only the three last states are terminal`() {
    #expect(JobState.allCases.filter(\.isTerminal) == [.finished, .failed, .cancelled])
  }
}
