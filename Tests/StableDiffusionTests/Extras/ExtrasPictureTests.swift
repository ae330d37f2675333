import Checkpoints
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

/// LoRAs, embeddings, autoencoders and hypernetworks against diffusers, peft and the published formulas:
/// Tests/goldens/extras_golden.py.
@Suite struct ExtrasPictureTests {
  static func extras() throws -> ExtraFiles {
    let contents = ExtraLibrary(folders: [try Goldens.path("extras")]).scan()
    #expect(contents.problems == [])
    return contents.files
  }

  static func pipeline(_ backend: String = "reference") throws -> Pipeline {
    let pipeline = try Pipeline(
      folder: try Goldens("tiny-sd1").folder(),
      backend: try Backend.named(backend, threads: 2, precision: .full))
    pipeline.extras = try extras()
    return pipeline
  }

  static func picture(
    _ pipeline: Pipeline, _ prompt: String = "a small red circle", negative: String = "green star",
    vae: String? = nil
  ) throws -> [UInt8] {
    var request = GenerationRequest(
      prompt: prompt, negativePrompt: negative, model: "tiny", sampler: "Euler", steps: 3, guidanceScale: 5,
      width: 40, height: 32, seed: 99)
    request.vae = vae
    var denoising = try pipeline.begin(request, image: 0)
    while try denoising.step() {}
    return try denoising.finish().rgb
  }

  private static func golden(_ name: String) throws -> [UInt8] {
    let path = try Goldens.path("extras/pictures.safetensors")
    let tensor = try SafetensorsFile(path: path, label: "pictures").stored(name)
    return tensor.withUnsafeBytes { Array($0) }
  }

  private static func psnr(_ picture: [UInt8], _ name: String) throws -> Double {
    PipelineTests.psnr(picture, try golden(name))
  }

  private static let tags = "a small red circle<lora:kohya:0.6:0.8> <lora:peft:0.5>"

  @Test(arguments: ["reference", "cpu"]) func `two LoRAs at their own weights give diffusers' picture`(
    backend: String
  ) throws {
    let pipeline = try Self.pipeline(backend)
    #expect(try Self.psnr(Self.picture(pipeline), "none") >= 45)
    #expect(try Self.psnr(Self.picture(pipeline, Self.tags), "two-loras") >= 45)
    #expect(
      try Self.psnr(
        Self.picture(pipeline, "a small red circle <lora:kohya:te=0.6:unet=0.8><lora:peft:0.5>"), "two-loras")
        >= 45)
    #expect(try Self.psnr(Self.picture(pipeline, "a small red circle<lora:locon:0.9>"), "locon") >= 45)
  }

  @Test func `a LoRA leaves nothing behind, whatever is kept`() throws {
    for spareBytes in [0, 200_000, 1 << 30] {
      let pipeline = try Self.pipeline()
      pipeline.limit(spareBytes: spareBytes)
      let plain = try Self.picture(pipeline)
      let first = try Self.picture(pipeline, Self.tags)
      let second = try Self.picture(pipeline, "a small red circle<lora:locon:0.9>")
      for _ in 0..<2 {
        #expect(try Self.picture(pipeline, Self.tags) == first)
        #expect(try Self.picture(pipeline, "a small red circle<lora:locon:0.9>") == second)
        #expect(try Self.picture(pipeline) == plain)
      }
      #expect(try Self.picture(pipeline, "a small red circle<lora:kohya:0>") == plain)
      #expect(throws: UserError.self) { try Self.picture(pipeline, "a<lora:nobody>") }
      #expect(try Self.picture(pipeline) == plain)
    }
  }

  @Test func `embeddings in both prompts give diffusers' picture`() throws {
    let pipeline = try Self.pipeline()
    let picture = try Self.picture(
      pipeline, "a red tinystyle circle, tinystyle", negative: "green badneg star")
    #expect(try Self.psnr(picture, "embeddings") >= 45)
    var request = PipelineTests.request()
    request.prompt = "TinyStyle"
    let names = try pipeline.begin(request, image: 0).extras.map(\.name)
    #expect(names == ["tinystyle"])
  }

  @Test(arguments: ["tiny.vae.pt", "TINY.VAE.PT"]) func `another autoencoder gives diffusers' picture`(
    name: String
  )
    throws
  {
    let pipeline = try Self.pipeline()
    #expect(try Self.psnr(Self.picture(pipeline, vae: name), "vae") >= 45)
    #expect(try Self.psnr(Self.picture(pipeline), "none") >= 45)
  }

  @Test(arguments: ["reference", "cpu"]) func `hypernetworks give the formula's picture`(backend: String)
    throws
  {
    let pipeline = try Self.pipeline(backend)
    #expect(
      try Self.psnr(Self.picture(pipeline, "a small red circle<hypernet:wide:0.7>"), "hypernetwork") >= 45)
    #expect(try Self.psnr(Self.picture(pipeline, "a small red circle<hypernet:dropped>"), "dropout") >= 45)
    #expect(try Self.psnr(Self.picture(pipeline), "none") >= 45)
  }

  @Test(arguments: [
    ("<lora:kohia>", "unknown_lora", "did you mean 'kohya'?"),
    ("<hypernet:wise>", "unknown_hypernet", "did you mean 'wide'?"),
    ("<lora:kohya:much>", "invalid_weight", "found 'much'"),
  ]) func `a tag that cannot be followed is an error that says why`(
    tag: String, code: String, part: String
  ) throws {
    let pipeline = try Self.pipeline()
    let error = try #require(throws: UserError.self) { try Self.picture(pipeline, "a cat \(tag)") }
    #expect(error.code == code)
    #expect(error.message.contains(part))
    #expect(error.field == "prompt")
  }

  @Test func `a LoRA of another family says so`() throws {
    let pipeline = try Pipeline(
      folder: try Goldens("tiny-sd2").folder(), backend: try Backend.named("reference", threads: 2))
    pipeline.extras = try Self.extras()
    let error = try #require(throws: UserError.self) { try Self.picture(pipeline, "a cat<lora:kohya>") }
    #expect(error.code == "unusable_lora")
    #expect(error.message.contains("text width 32") && error.message.contains("text width 40"))
  }

  @Test func `a picture's text names the files and the beginnings of their hashes`() throws {
    let pipeline = try Self.pipeline()
    var request = PipelineTests.request()
    request.prompt = "tinystyle <lora:kohya:0.5> <lora:peft>"
    (request.negativePrompt, request.vae) = ("badneg", "tiny.vae")
    (request.seedResizeWidth, request.seedResizeHeight, request.scheduleRho) = (64, 72, 0)
    let used = try pipeline.begin(request, image: 0).extras
    let hashes = ExtraHashes()
    let extras = try hashes.hashed(used)
    let text = try #require(
      PictureMetadata.texts(request, image: 0, model: PictureMetadataTests.model, extras: extras).first?.text)
    let read = InfotextReader(text)
    let names = try #require(read["Lora hashes"]).split(separator: ", ").map { $0.prefix { $0 != ":" } }
    #expect(names == ["kohya", "peft"])
    #expect(
      read["TI hashes"]?.contains("tinystyle: ") == true && read["TI hashes"]?.contains("badneg: ") == true)
    #expect(read["VAE"] == "tiny.vae.pt" && read["VAE hash"]?.count == 10)
    #expect(read["Seed resize from-1"] == "64" && read["Seed resize from-2"] == "72")
    #expect(read["Schedule rho"] == nil)
    #expect(read.prompt == request.prompt)
    // The tensors' hash stays when only the metadata is edited.
    let file = try #require(used.first?.file)
    #expect(try hashes.short(file).count == 12)
    #expect(try hashes.compute(file).hasPrefix(hashes.short(file)) == false)
  }
}
