import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// Against diffusers' img2img and inpainting pipelines in float32.
@Suite struct PicturePipelineTests {
  private func made(
    _ pipeline: Pipeline, _ request: GenerationRequest, _ inputs: PictureInputs?, image index: Int = 0
  ) throws -> (latents: [Float], picture: Picture) {
    let source = try pipeline.prepare(request, inputs)
    var denoising = try pipeline.begin(request, image: index, from: source)
    while try denoising.step() {}
    return (try denoising.latents.channelsFirstFloats(), try denoising.finish())
  }

  /// Decibels of a result over what the mask lets through; outside it the source's own bytes are asked for.
  private func compare(
    _ pipeline: Pipeline, _ kind: String, _ goldens: PictureGoldens, runs expected: Int
  ) throws {
    let inputs = try goldens.inputs()
    let runs = goldens.runs(kind)
    #expect(runs.count == expected)
    for run in runs {
      let request = try PictureGoldens.request(run)
      let (latents, picture) = try made(pipeline, request, inputs)
      let golden = try goldens.latents(run)
      let worst = zip(latents, golden).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(latents.count == golden.count && worst < 2e-3, "\(run): latents differ by \(worst)")
      guard var wanted = try goldens.picture(run) else { continue }
      if request.mode == .inpaint {
        let mask = try #require(inputs.mask).mask
        for pixel in mask.values.indices where mask.values[pixel] == 0 {
          wanted.replaceSubrange(
            pixel * 3..<pixel * 3 + 3, with: inputs.source.picture.rgb[pixel * 3..<pixel * 3 + 3])
        }
      }
      let quality = PipelineTests.psnr(picture.rgb, wanted)
      #expect(quality >= 45, "\(run): PSNR \(quality)")
    }
  }

  @Test(arguments: Goldens.models) func `pictures from a picture are diffusers'`(model: String) throws {
    let goldens = try PictureGoldens(model)
    let pipeline = try PipelineTests.pipeline(model)
    try compare(pipeline, "img2img", goldens, runs: 7)
    try compare(pipeline, "inpaint4", goldens, runs: 4)
  }

  @Test(arguments: Goldens.models) func `inpainting models with nine channels are diffusers'`(model: String)
    throws
  {
    let folder = FileManager.default.temporaryDirectory.path + "/atelier-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let goldens = try PictureGoldens(model)
    let pipeline = try Pipeline(
      folder: try goldens.inpaintingModel(in: folder), backend: try Backend.named("reference", threads: 2))
    try compare(pipeline, "inpaint9", goldens, runs: 4)
    // From a prompt, and from a picture without a mask, everything is to change.
    var request = PipelineTests.request(steps: 2)
    (request.width, request.height) = (16, 24)
    #expect(try made(pipeline, request, nil).picture.height == 24)
    request = try PictureGoldens.request("img2img.euler.2.0.5")
    let inputs = try goldens.inputs()
    #expect(try made(pipeline, request, inputs).picture.width == PictureGoldens.width)
  }

  @Test func `the weaker, the more is kept; nothing of it needs the start`() throws {
    let goldens = try PictureGoldens("tiny-sd1")
    let (pipeline, inputs) = (try PipelineTests.pipeline("tiny-sd1"), try goldens.inputs())
    // This model's autoencoder has random weights: what nothing was done to is what it gives back.
    func latents(_ strength: Double) throws -> [Float] {
      var request = try PictureGoldens.request("img2img.dpmSolver.20.\(strength)")
      request.guidanceScale = 1
      return try made(pipeline, request, inputs).latents
    }
    let kept = try latents(0)
    let errors = try [0.35, 0.6, 0.85].map { strength in
      zip(try latents(strength), kept).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    #expect(errors[0] < errors[1] && errors[1] < errors[2], "\(errors)")
  }

  @Test func `every sampler starts from a picture, with any strength`() throws {
    let goldens = try PictureGoldens("tiny-sd2")
    let (pipeline, inputs) = (try PipelineTests.pipeline("tiny-sd2"), try goldens.inputs())
    for sampler in Samplers.descriptions {
      for strength in [0, 0.5, 1] {
        var request = try PictureGoldens.request("inpaint4.euler.5.\(strength)")
        (request.sampler, request.width, request.height) = (sampler.name, 24, 16)
        let source = try pipeline.prepare(request, inputs)
        var denoising = try pipeline.begin(request, image: 0, from: source)
        var last = 0
        while try denoising.step() {
          #expect(denoising.done > last && denoising.done <= denoising.total)
          last = denoising.done
        }
        let wrong = try denoising.latents.nonFiniteCount()
        #expect(wrong == 0, "\(sampler.name), \(strength)")
      }
    }
  }

  @Test func `a batch is the single pictures, and a picture of its own seed`() throws {
    let goldens = try PictureGoldens("tiny-sd1")
    let (pipeline, inputs) = (try PipelineTests.pipeline("tiny-sd1"), try goldens.inputs())
    var batch = try PictureGoldens.request("inpaint4.eulerAncestral.4.0.8")
    batch.batchCount = 3
    var alone = batch
    (alone.batchCount, alone.seed) = (1, batch.seed + 2)
    let third = try made(pipeline, batch, inputs, image: 2).picture
    #expect(try made(pipeline, alone, inputs).picture == third)
  }

  @Test(arguments: InpaintFill.allCases)
  func `outside the mask every byte is the source's`(fill: InpaintFill) throws {
    let goldens = try PictureGoldens("tiny-sd1")
    let (pipeline, inputs) = (try PipelineTests.pipeline("tiny-sd1"), try goldens.inputs())
    for area in InpaintArea.allCases {
      var request = try PictureGoldens.request("inpaint4.ddim.3.0.8")
      (request.inpaintFill, request.inpaintArea, request.maskBlur) = (fill, area, 2)
      if area == .masked { (request.width, request.height, request.maskPadding) = (64, 64, 4) }
      let picture = try made(pipeline, request, inputs).picture
      let frame = try SourceFrame(request, inputs)
      #expect((picture.width, picture.height) == request.outputSize)
      let changed = try #require(inputs.mask).mask.blurred(sigma: 2)
      for pixel in changed.values.indices where changed.values[pixel] == 0 {
        let range = pixel * 3..<pixel * 3 + 3
        #expect(picture.rgb[range] == inputs.source.picture.rgb[range])
      }
      #expect(picture != inputs.source.picture)
      #expect(frame.mask?.isBlank == false)
    }
  }

  @Test func `a picture grows, and what was there stays`() throws {
    let goldens = try PictureGoldens("tiny-sd1")
    let (pipeline, inputs) = (try PipelineTests.pipeline("tiny-sd1"), try goldens.inputs())
    var request = try PictureGoldens.request("inpaint4.ddim.3.0.9")
    request.maskFile = nil
    (request.outpaintLeft, request.outpaintBottom, request.maskBlur) = (8, 16, 0)
    (request.width, request.height) = (64, 64)
    let picture = try made(pipeline, request, PictureInputs(source: inputs.source)).picture
    #expect((picture.width, picture.height) == (64, 64))
    let old = picture.cropped(PixelBox(left: 8, top: 0, right: 64, bottom: 48))
    #expect(old == inputs.source.picture)
  }

  @Test func `hires fix makes a larger picture and counts both passes`() throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    for upscaler in Upscalers.builtIn {
      var request = PipelineTests.request("Euler a", steps: 3)
      (request.width, request.height) = (24, 16)
      (request.hiresScale, request.hiresUpscaler, request.hiresSteps) = (1.5, upscaler, 2)
      var denoising = try pipeline.begin(request, image: 0)
      #expect(denoising.total == 5)
      var seen: [Int] = []
      while try denoising.step() { seen.append(denoising.done) }
      #expect(seen == [1, 2, 3, 4, 5] && denoising.total == 5)
      let picture = try denoising.finish()
      #expect((picture.width, picture.height) == (32, 24), "\(upscaler)")
      #expect(request.outputSize == (32, 24))
    }
  }

  @Test func `the second pass has its own prompt, sampler and strength`() throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var request = PipelineTests.request("Euler", steps: 3)
    (request.width, request.height, request.hiresScale) = (16, 16, 2)
    let plain = try made(pipeline, request, nil).picture
    for change in 0..<3 {
      var other = request
      switch change {
      case 0: other.hiresPrompt = "a green star"
      case 1: other.hiresSampler = "DDIM"
      default: other.hiresStrength = 0.3
      }
      #expect(try made(pipeline, other, nil).picture != plain, "\(change)")
    }
  }

  @Test(arguments: [
    ("[a cat:a dog:1.0]", "a cat", "a dog"), ("[a cat:a dog:3]", "a cat", "a dog"),
    ("[a cat:a dog:.3]", "[a cat:a dog:.3]", "a dog"), ("[a cat:a dog:1.5]", "a cat", "[a cat:a dog:4]"),
  ])
  func `prompts go on changing in the second pass`(prompt: String, first: String, second: String) throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var request = PipelineTests.request("Euler", steps: 3)
    (request.width, request.height, request.hiresScale, request.hiresSteps) = (16, 16, 2, 2)
    var apart = request
    request.prompt = prompt
    (apart.prompt, apart.hiresPrompt) = (first, second)
    #expect(try made(pipeline, request, nil).picture == made(pipeline, apart, nil).picture)
  }

  /// How much more neighbours differ across opposite edges than inside.
  private func seam(_ picture: Picture) -> Double {
    func difference(_ a: Int, _ b: Int) -> Double {
      (0..<picture.height).reduce(0.0) { sum, y in
        sum
          + (0..<3).reduce(0.0) { part, channel in
            let row = y * picture.width
            return part
              + abs(
                Double(picture.rgb[(row + a) * 3 + channel]) - Double(picture.rgb[(row + b) * 3 + channel]))
          }
      }
    }
    let inside = (0..<picture.width - 1).map { difference($0, $0 + 1) }.sorted()
    return difference(picture.width - 1, 0) / max(inside[inside.count * 9 / 10], 1)
  }

  @Test func `opposite edges of a tiling picture meet`() throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var request = PipelineTests.request(steps: 4)
    (request.width, request.height) = (72, 64)
    let plain = try made(pipeline, request, nil).picture
    request.tiling = true
    let tiled = try made(pipeline, request, nil).picture
    #expect(tiled != plain)
    #expect(seam(tiled) < 1.5, "\(seam(tiled)), without tiling \(seam(plain))")
  }

  @Test func `what is missing is named`() throws {
    let pipeline = try PipelineTests.pipeline("tiny-sd1")
    var request = try PictureGoldens.request("inpaint4.ddim.3.0.9")
    let inputs = try PictureGoldens("tiny-sd1").inputs()
    func failure(_ body: () throws -> Void) -> UserError? {
      do { try body() } catch { return error as? UserError }
      return nil
    }
    #expect(failure { _ = try pipeline.prepare(request, nil) }?.field == "init_image")
    #expect(
      failure { _ = try pipeline.prepare(request, PictureInputs(source: inputs.source)) }?.field == "mask")
    #expect(failure { _ = try pipeline.begin(request, image: 0) }?.field == "init_image")
    request.width = 20
    #expect(failure { _ = try pipeline.prepare(request, inputs) }?.field == "width")
  }
}
