import FoundationEssentials
import Generation
import StableDiffusion
import Testing

@Suite struct PictureMetadataTests {
  static let model = ModelDescription(
    name: "tiny", family: "sd1", sha256: "6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
    bytes: 1, precision: "float16", defaults: ModelDefaults(width: 64, height: 64))

  static func request(_ prompt: String, negative: String = "") -> GenerationRequest {
    GenerationRequest(
      prompt: prompt, negativePrompt: negative, model: "tiny", sampler: "dpmsolvermultistepscheduler",
      schedule: "KARRAS", steps: 20, guidanceScale: 7, width: 512, height: 768, batchCount: 3,
      seed: 965_400_086)
  }

  static func parameters(_ request: GenerationRequest, _ index: Int = 0, model: ModelDescription = model)
    -> String?
  {
    PictureMetadata.texts(request, image: index, model: model).first { $0.keyword == "parameters" }?.text
  }

  @Test func `the text has A1111's order and names`() {
    #expect(
      Self.parameters(Self.request("a cat,\nblack", negative: "dog")) == """
        a cat,
        black
        Negative prompt: dog
        Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, \
        Model hash: 6ce0161689, Model: tiny, RNG: CPU, Version: Atelier 0.1.0
        """)
  }

  @Test func `what does not apply is left out and what does is put in its place`() {
    var request = Self.request("  a cat  ")
    request.guidanceScale = 7.5
    request.clipSkip = 2
    request.eta = 0.5
    var model = Self.model
    model.sha256 = nil
    model.name = "a, b: \"c\""
    #expect(
      Self.parameters(request, 2, model: model) == """
        a cat  
        Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 965400088, Size: 512x768, \
        Model: "a, b: \\"c\\"", Clip skip: 2, RNG: CPU, Eta: 0.5, Version: Atelier 0.1.0
        """)
    request.clipSkip = 1
    #expect(Self.parameters(request)?.contains("Clip skip") == false)
    request.prompt = ""
    #expect(Self.parameters(request)?.hasPrefix("Steps: 20") == true)
  }

  @Test func `noise has A1111's keys`() {
    var request = Self.request("a")
    request.schedule = "sgm_uniform"
    (request.variationSeed, request.variationStrength) = (40, 0.25)
    (request.noiseSource, request.seedDelta, request.sigmaChurn) = (.nv, 31337, 5)
    #expect(
      Self.parameters(request, 2) == """
        a
        Steps: 20, Sampler: DPM++ 2M, Schedule type: SGM Uniform, CFG scale: 7, Seed: 965400086, Size: 512x768, \
        Model hash: 6ce0161689, Model: tiny, Variation seed: 42, Variation seed strength: 0.25, ENSD: 31337, \
        RNG: NV, Sigma churn: 5, Version: Atelier 0.1.0
        """)
  }

  @Test func `the second text is the request of this one picture`() throws {
    let request = Self.request("红色 \"x\" \u{1}/é")
    let texts = PictureMetadata.texts(request, image: 1, model: Self.model)
    #expect(texts.map(\.keyword) == ["parameters", "atelier"])
    var expected = request
    expected.seed += 1
    expected.batchCount = 1
    let json = try #require(texts.last?.text)
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: Data(json.utf8)) == expected)
    #expect(PictureMetadata.texts(request, image: 1, model: Self.model) == texts)
  }
}
