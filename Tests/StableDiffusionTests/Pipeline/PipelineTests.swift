import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// Against diffusers' StableDiffusionPipeline in float32: Tests/goldens/samplers_golden.py.
@Suite struct PipelineTests {
  static let names = [
    "euler": "Euler", "eulerAncestral": "Euler a", "ddim": "DDIM", "pndm": "PLMS", "dpmSolver": "DPM++ 2M",
  ]

  static func request(
    _ sampler: String = "Euler", _ schedule: String = "automatic", steps: Int = 3, guidance: Double = 5
  ) -> GenerationRequest {
    GenerationRequest(
      prompt: "a small red circle on a blue background", negativePrompt: "green star", model: "tiny",
      sampler: sampler, schedule: schedule, steps: steps, guidanceScale: guidance, width: 72, height: 64,
      seed: 1234)
  }

  static func pipeline(_ model: String) throws -> Pipeline {
    try Pipeline(folder: try Goldens(model).folder(), backend: try Backend.named("reference", threads: 2))
  }

  static func psnr(_ a: [UInt8], _ b: [UInt8]) -> Double {
    guard a.count == b.count else { return 0 }
    let squares = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return squares == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / squares)
  }

  /// Every run in a golden file: latents after every evaluation, and some pictures.
  @Test(arguments: Goldens.models) func `latents after every step and pictures are diffusers'`(model: String)
    throws
  {
    let path = try Goldens.path("\(model)-samplers.safetensors")
    let file = try SafetensorsFile(path: path, label: "\(model)-samplers.safetensors")
    let pipeline = try Self.pipeline(model)
    var runs = 0
    for entry in file.entries where entry.name.hasSuffix(".latents") && entry.name != "plain.latents" {
      let label = String(entry.name.dropLast(".latents".count))
      let parts = label.split(separator: ".")
      var request = Self.request(
        try #require(Self.names[String(parts[0])]), String(parts[1]), steps: try #require(Int(parts[2])))
      if parts.count > 3 { request.eta = Double(parts[3...].joined(separator: ".").dropFirst(3)) }
      try Self.compare(pipeline, request, file, label)
      runs += 1
    }
    #expect(runs >= 8)
    try Self.compare(pipeline, Self.request(guidance: 1), file, "plain")
  }

  private static func compare(
    _ pipeline: Pipeline, _ request: GenerationRequest, _ file: SafetensorsFile, _ label: String
  ) throws {
    let expected = try file.tensor("\(label).latents").floats()
    var denoising = try pipeline.begin(request, image: 0)
    var worst: Float = 0
    let count = denoising.latents.count
    #expect(expected.count == denoising.total * count, "\(label)")
    while try denoising.step() {
      let found = try denoising.latents.channelsFirstFloats()
      let golden = expected[(denoising.done - 1) * count..<denoising.done * count]
      worst = zip(found, golden).reduce(worst) { max($0, abs($1.0 - $1.1)) }
    }
    #expect(worst < 1e-3, "\(label): latents differ by \(worst)")
    if let picture = file.entries.first(where: { $0.name == "\(label).picture" }) {
      let quality = psnr(try denoising.finish().rgb, try bytes(file.label, picture.range))
      #expect(quality >= 45, "\(label): PSNR \(quality)")
    }
  }

  /// The bytes of a tensor that is no weight.
  private static func bytes(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
    let data = try Data(contentsOf: URL(fileURLWithPath: try Goldens.path(name)))
    let header = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(data[8 + header + range.lowerBound..<8 + header + range.upperBound])
  }

  @Test func `picture i of a request is the picture of its own seed, and twice the same`() throws {
    let pipeline = try Self.pipeline("tiny-sd1")
    func picture(_ request: GenerationRequest, _ index: Int) throws -> Picture {
      var denoising = try pipeline.begin(request, image: index)
      while try denoising.step() {}
      return try denoising.finish()
    }
    var batch = Self.request("Euler a")
    batch.batchCount = 3
    var alone = Self.request("Euler a")
    alone.seed = batch.seed + 2
    let third = try picture(batch, 2)
    #expect(try picture(alone, 0) == third)
    // SDE noise depends on the seed and the levels alone; varied pictures differ by the variation seed.
    for sampler in ["DPM++ SDE", "DPM++ 2M SDE"] {
      (batch.sampler, alone.sampler) = (sampler, sampler)
      #expect(try picture(batch, 2) == picture(alone, 0), "\(sampler)")
    }
    (batch.variationSeed, batch.variationStrength, batch.noiseSource) = (7, 0.4, .nv)
    alone = batch
    alone.variationSeed = 9
    #expect(try picture(batch, 2) == picture(alone, 0))
    #expect(try picture(batch, 1) != picture(alone, 0))
    batch = Self.request("Euler a")
    batch.batchCount = 3
    #expect(try Self.pipeline("tiny-sd1").backend !== pipeline.backend)
    #expect(try picture(batch, 0) != third)
  }

  @Test func `progress counts model evaluations and a step after the last does nothing`() throws {
    let pipeline = try Self.pipeline("tiny-sd1")
    var denoising = try pipeline.begin(Self.request("PLMS", steps: 2), image: 0)
    #expect(denoising.total == 3)
    #expect(denoising.done == 0)
    var steps = 0
    while try denoising.step() { steps += 1 }
    #expect(steps == 3 && denoising.done == 3)
    let last = try denoising.latents.floats()
    #expect(try !denoising.step())
    #expect(try denoising.latents.floats() == last)
  }

  @Test func `a preview is one pixel a latent, before and after the steps`() throws {
    let pipeline = try Self.pipeline("tiny-sd1")
    var denoising = try pipeline.begin(Self.request(steps: 4), image: 0)
    #expect(try denoising.preview().rgb.count == 8 * 9 * 3)
    while try denoising.step() {}
    let preview = try denoising.preview()
    #expect(preview.width == 9 && preview.height == 8)
    #expect(Set(preview.rgb).count > 10)
  }

  @Test func `what a model cannot do is refused by field`() throws {
    let pipeline = try Self.pipeline("tiny-sd1")
    func failure(_ change: (inout GenerationRequest) -> Void) -> UserError? {
      var request = Self.request()
      change(&request)
      do { _ = try pipeline.begin(request, image: 0) } catch { return error as? UserError }
      return nil
    }
    #expect(failure { $0.width = 100 }?.message == "width must be a multiple of 8 for this model; got 100")
    #expect(failure { $0.sampler = "eular" }?.code == "unknown_sampler")
    #expect(failure { $0.schedule = "nope" }?.code == "unknown_schedule")
    #expect(failure { $0.clipSkip = 4 }?.field == "clip_skip")
    #expect(failure { $0.steps = 0 }?.field == "steps")
    #expect(failure { _ in } == nil)
  }

  @Test func `every sampler runs with one step, any size and any guidance`() throws {
    let pipeline = try Self.pipeline("tiny-sd2")
    for sampler in Samplers.descriptions {
      for guidance in [0, 1, 7.5] {
        var request = Self.request(sampler.name, steps: 1, guidance: guidance)
        (request.width, request.height) = (8, 40)
        var denoising = try pipeline.begin(request, image: 0)
        while try denoising.step() {}
        #expect(try denoising.finish().rgb.count == 8 * 40 * 3)
      }
    }
  }

  @Test func `a description comes from the folder`() throws {
    let description = try Self.pipeline("tiny-sd2").description
    #expect(description.family == "sd2")
    #expect(description.name == "tiny-sd2")
    #expect(description.precision == "float16")
    #expect(description.defaults.width == 64)
    #expect(description.bytes > 10_000)
  }
}
