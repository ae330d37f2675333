import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// Against diffusers' StableDiffusionXLPipeline in float32: Tests/goldens/xl_golden.py.
@Suite struct XLTests {
  static let name = "tiny-sdxl"

  private static func request(_ sampler: String = "Euler", negative: String = "green star")
    -> GenerationRequest
  {
    GenerationRequest(
      prompt: "a small red circle on a blue background", negativePrompt: negative, model: "tiny",
      sampler: sampler, steps: 6, guidanceScale: 5, width: 48, height: 32, seed: 1234)
  }

  private static func picture(_ pipeline: Pipeline, _ request: GenerationRequest) throws -> Picture {
    var denoising = try pipeline.begin(request, image: 0)
    while try denoising.step() {}
    return try denoising.finish()
  }

  private static func pipeline(_ path: String) throws -> Pipeline {
    try Pipeline(
      folder: ModelLibrary.open(path: path), backend: try Backend.named("reference", threads: 2))
  }

  /// A golden picture's bytes.
  private static func golden(_ label: String) throws -> [UInt8] {
    let data = try Data(contentsOf: URL(filePath: try Goldens.path("\(name).safetensors")))
    let file = try SafetensorsFile(bytes: Array(data), label: name)
    let range = try #require(file.entries.first { $0.name == label }).range
    let start = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(data[start + range.lowerBound..<start + range.upperBound])
  }

  private static func expect(_ pipeline: Pipeline, _ request: GenerationRequest, _ label: String) throws {
    let quality = PipelineTests.psnr(try picture(pipeline, request).rgb, try golden(label))
    #expect(quality >= 45, "\(label): PSNR \(quality)")
  }

  @Test func `pictures are diffusers', from the folder and from the single file`() throws {
    let layouts = try TwoLayouts(Self.name)
    for path in [layouts.folder, layouts.file] {
      let pipeline = try Self.pipeline(path)
      #expect(pipeline.description.family == "sdxl")
      try Self.expect(pipeline, Self.request(), "euler")
      try Self.expect(pipeline, Self.request(negative: ""), "zeros")
      // The second state from the end is SDXL's usual one; diffusers counts from there.
      var skipping = Self.request()
      (skipping.clipSkip, skipping.guidanceScale) = (3, 1)
      try Self.expect(pipeline, skipping, "skip")
      (skipping.clipSkip, skipping.guidanceScale) = (2, 5)
      try Self.expect(pipeline, skipping, "euler")
      try Self.expect(pipeline, Self.request("Euler a"), "ancestral")
    }
  }

  @Test func `pictures from a picture and parts of one are diffusers'`() throws {
    let layouts = try TwoLayouts(Self.name)
    let pipeline = try Self.pipeline(layouts.folder)
    var request = Self.request()
    let (width, height) = (request.width, request.height)
    let source = Picture(width: width, height: height, rgb: try Self.golden("euler"))
    let change = (0..<width * height).flatMap { place -> [UInt8] in
      let (x, y) = (place % width, place / width)
      return [UInt8](repeating: (16..<40).contains(x) && (8..<24).contains(y) ? 255 : 0, count: 3)
    }
    let mask = Picture(width: width, height: height, rgb: change)
    let inputs = PictureInputs(source: DecodedPicture(source), mask: DecodedPicture(mask))
    let reference = PictureReference(
      sha256: String(repeating: "0", count: 64), width: width, height: height)
    (request.steps, request.initImageFile, request.maskBlur) = (8, reference, 0)
    for (mode, strength) in [(GenerationMode.img2img, 0.6), (.inpaint, 0.75)] {
      (request.mode, request.strength) = (mode, strength)
      request.maskFile = mode == .inpaint ? reference : nil
      let prepared = try pipeline.prepare(request, inputs)
      var denoising = try pipeline.begin(request, image: 0, from: prepared)
      while try denoising.step() {}
      let made = try denoising.finish().rgb
      let golden = try Self.golden(mode.rawValue)
      // Outside the mask diffusers keeps what its autoencoder made of the source; here the source itself stays.
      let places = made.indices.filter { mode == .img2img || change[$0] > 0 }
      let quality = PipelineTests.psnr(places.map { made[$0] }, places.map { golden[$0] })
      #expect(quality >= 45, "\(mode): PSNR \(quality)")
      #expect(made.indices.allSatisfy { mode == .img2img || change[$0] > 0 || made[$0] == source.rgb[$0] })
    }
  }

  @Test func `one step without guidance, with trailing timesteps`() throws {
    let layouts = try TwoLayouts(Self.name)
    var request = Self.request("Euler a", negative: "")
    (request.steps, request.guidanceScale, request.schedule) = (1, 1, "trailing")
    try Self.expect(try Self.pipeline(layouts.file), request, "turbo")
    // The folder says so itself.
    try Self.change(
      layouts, ["timestep_spacing": "trailing", "_class_name": "EulerAncestralDiscreteScheduler"])
    request.schedule = "automatic"
    try Self.expect(try Self.pipeline(layouts.folder), request, "turbo")
  }

  @Test func `v-prediction with no signal at the end, when the configuration asks`() throws {
    let layouts = try TwoLayouts(Self.name)
    try Self.change(
      layouts,
      ["timestep_spacing": "trailing", "prediction_type": "v_prediction", "rescale_betas_zero_snr": true])
    try Self.expect(try Self.pipeline(layouts.folder), Self.request(), "zero-snr")
  }

  @Test func `long prompts, weights and parts work in both text encoders`() throws {
    let layouts = try TwoLayouts(Self.name)
    let pipeline = try Self.pipeline(layouts.file)
    let plain = try Self.picture(pipeline, Self.request())
    var request = Self.request()
    request.prompt = "a (small:1.0) red circle on a blue background"
    #expect(try Self.picture(pipeline, request) == plain)
    request = Self.request()
    request.prompt +=
      " (mountains:1.4) " + Array(repeating: "hills by the sea,", count: 30).joined(separator: " ")
    request.negativePrompt = ""
    #expect(try Self.picture(pipeline, request) != plain)
    request.prompt = "a red circle AND a boat :0.5 BREAK snow [cat:dog:3]"
    #expect(try Self.picture(pipeline, request) != plain)
    // The picture's size is an input: the prompt's states alone do not decide.
    request.width = 32
    #expect(try Self.picture(pipeline, request).width == 32)
    request.clipSkip = 4
    #expect(throws: UserError.self) { try pipeline.begin(request, image: 0) }
  }

  @Test func `a guidance scale that is an input of the network is no second guidance`() throws {
    let layouts = try TwoLayouts(Self.name)
    let path = "\(layouts.folder)/unet/diffusion_pytorch_model.safetensors"
    let file = try SafetensorsFile(path: path, label: "unet")
    let extra = OutputTensor(name: "time_embedding.cond_proj.weight", type: .float32, shape: [32, 16]) {
      (0..<512).map { Float($0 % 7) / 20 - 0.15 }
    }
    let changed = path + ".changed"
    try SafetensorsWriter.write(
      file.entries.map { OutputTensor(file, $0) } + [extra], metadata: [:], to: changed)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: changed, toPath: path)
    try Self.change(layouts, ["time_cond_proj_dim": 16], in: "unet/config.json")
    let pipeline = try Self.pipeline(layouts.folder)
    var request = Self.request("LCM")
    request.steps = 2
    let strong = try Self.picture(pipeline, request)
    request.negativePrompt = "something else"
    #expect(try Self.picture(pipeline, request) == strong)
    request.guidanceScale = 2
    #expect(try Self.picture(pipeline, request) != strong)
  }

  /// Changes keys of a JSON file of the folder.
  private static func change(
    _ layouts: TwoLayouts, _ changes: [String: Any], in file: String = "scheduler/scheduler_config.json"
  ) throws {
    let url = URL(filePath: "\(layouts.folder)/\(file)")
    var content = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    content.merge(changes) { _, new in new }
    try JSONSerialization.data(withJSONObject: content).write(to: url)
  }
}
