import Checkpoints
import Foundation
import Generation
import Pictures
import StableDiffusion
import Tensors
import Testing

@Suite struct SingleFileTests {
  static let models = Goldens.models + ["tiny-sdxl"]

  @Test(arguments: models) func `configurations come from names and shapes`(model: String) throws {
    let layouts = try TwoLayouts(model)
    let (single, folder) = (try SingleFileModel(path: layouts.file), try ModelFolder(path: layouts.folder))
    #expect(single.name == "single")
    #expect(try single.unetConfig() == folder.unetConfig())
    #expect(try single.vaeConfig() == folder.vaeConfig())
    #expect(try single.textEncoderConfig() == folder.textEncoderConfig())
    if model == "tiny-sdxl" {
      #expect(
        try single.textEncoderConfig(of: .textEncoder2) == folder.textEncoderConfig(of: .textEncoder2))
      #expect(single.zeroesEmptyNegativePrompt && folder.zeroesEmptyNegativePrompt)
    }
    #expect(
      try single.schedulerConfig().predictionType == (model == "tiny-sd2" ? .v : .epsilon))
    let (found, expected) = (try single.describe(), try folder.describe())
    #expect(found.family == expected.family && found.precision == "float32")
    #expect(found.defaults == expected.defaults)
  }

  @Test(arguments: models, [Checkpoints.ElementType.float32, .float16, .bfloat16])
  func `a file and its folder give byte-equal pictures`(model: String, type: Checkpoints.ElementType) throws {
    let layouts = try TwoLayouts(model, type: type)
    let backend = try Backend.named("reference", threads: 2)
    var pictures: [[UInt8]] = []
    for path in [layouts.folder, layouts.file] {
      let pipeline = try Pipeline(folder: ModelLibrary.open(path: path), backend: backend)
      let request = GenerationRequest(
        prompt: "a small red circle", negativePrompt: "snow", model: "m", sampler: "DPM++ 2M", steps: 3,
        guidanceScale: 5, width: 32, height: 32, seed: 11)
      var denoising = try pipeline.begin(request, image: 0)
      while try denoising.step() {}
      pictures.append(try denoising.finish().rgb)
    }
    #expect(pictures[0] == pictures[1])
    #expect(Set(pictures[0]).count > 20)
  }

  @Test func `the file may say what it predicts`() throws {
    func prediction(_ model: String, _ metadata: [String: String]) throws -> SchedulerConfig.PredictionType {
      let layouts = try TwoLayouts(model, metadata: metadata)
      return try withExtendedLifetime(layouts) {
        try SingleFileModel(path: layouts.file).schedulerConfig().predictionType
      }
    }
    #expect(try prediction("tiny-sd2", ["modelspec.prediction_type": "epsilon"]) == .epsilon)
    #expect(try prediction("tiny-sd2", ["global_step": "875000"]) == .epsilon)
    #expect(try prediction("tiny-sd1", ["modelspec.prediction_type": "v"]) == .v)
  }

  @Test func `files are found below the models' folder, and those that are no models are not`() throws {
    let layouts = try TwoLayouts("tiny-sd1", type: .float16)
    let manager = FileManager.default
    for place in ["models/Stable-diffusion", "models/Lora"] {
      try manager.createDirectory(atPath: "\(layouts.path)/\(place)", withIntermediateDirectories: true)
    }
    try manager.copyItem(
      atPath: layouts.file, toPath: "\(layouts.path)/models/Stable-diffusion/my.v2.safetensors")
    try Data("x".utf8).write(to: URL(filePath: "\(layouts.path)/models/Lora/style.safetensors"))
    let contents = ModelLibrary(folders: [layouts.path]).scan()
    #expect(contents.models.map(\.description.name) == ["folder", "my.v2", "single"])
    #expect(contents.problems.isEmpty)
    let model = try #require(contents.models.last)
    #expect(try ModelHashes().compute(model) == FileHash.sha256(of: [(path: layouts.file, label: "f")]))
  }

  @Test func `a vocabulary is borrowed from a folder beside the file, or asked for`() throws {
    let layouts = try TwoLayouts("tiny-sd1")
    let lonely = "\(layouts.path)/a/b/c/d"
    try FileManager.default.createDirectory(atPath: lonely, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: layouts.file, toPath: "\(lonely)/single.safetensors")
    let model = try SingleFileModel(path: "\(lonely)/single.safetensors")
    #expect(throws: CheckpointError.missingVocabulary(model: "single.safetensors", tokens: 674)) {
      try CLIPTokenizer(model)
    }
    // Another vocabulary is no help.
    try FileManager.default.createDirectory(
      atPath: "\(lonely)/other/tokenizer", withIntermediateDirectories: true)
    try Data(#"{"a": 0}"#.utf8).write(to: URL(filePath: "\(lonely)/other/tokenizer/vocab.json"))
    #expect(throws: CheckpointError.self) {
      try CLIPTokenizer(try SingleFileModel(path: "\(lonely)/single.safetensors"))
    }
    try FileManager.default.moveItem(atPath: layouts.folder, toPath: "\(layouts.path)/a/b/folder")
    #expect(
      try CLIPTokenizer(try SingleFileModel(path: "\(lonely)/single.safetensors")).vocabularySize == 674)
  }

  @Test(arguments: [
    ("models/Stable-diffusion", "models/diffusers/tiny"),
    ("models/checkpoints/mine", "models/checkpoints/tiny"),
    ("checkpoints", "models--org--tiny/snapshots/0123abc"), ("models/Stable-diffusion", "tiny"),
  ])
  func `other programs' folders lend it from where they keep their models`(file: String, folder: String)
    throws
  {
    let layouts = try TwoLayouts("tiny-sd1")
    func move(_ path: String, to target: String) throws {
      let parent = (target as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: path, toPath: target)
    }
    try move(layouts.file, to: "\(layouts.path)/root/\(file)/a.safetensors")
    try move(layouts.folder, to: "\(layouts.path)/root/\(folder)")
    let model = try SingleFileModel(path: "\(layouts.path)/root/\(file)/a.safetensors")
    #expect(try CLIPTokenizer(model).vocabularySize == 674)
  }

  @Test func `what is no Stable Diffusion model is refused by what it lacks`() throws {
    let layouts = try TwoLayouts("tiny-sd1")
    let whole = try SafetensorsFile(path: layouts.file, label: "f")
    func error(_ isKept: (String) -> Bool, adding extra: String? = nil) throws -> String {
      var tensors = whole.entries.filter { isKept($0.name) }.map { OutputTensor(whole, $0) }
      if let extra { tensors.append(OutputTensor(name: extra, type: .float32, shape: [1]) { [0] }) }
      let path = "\(layouts.path)/changed.safetensors"
      try SafetensorsWriter.write(tensors, metadata: [:], to: path)
      let backend = try Backend.named("reference", threads: 1)
      let found = #expect(throws: CheckpointError.self) {
        let model = try SingleFileModel(path: path)
        _ = try (TextEncoder(model, backend: backend), VAEDecoder(model, backend: backend))
        _ = try UNet(model, backend: backend)
      }
      return found?.description ?? ""
    }
    #expect(try error { _ in false }.contains("is no whole model"))
    #expect(try error { !$0.hasPrefix("first_stage_model.") }.contains("no autoencoder"))
    #expect(try error { !$0.hasPrefix("cond_stage_model.") }.contains("no text encoder"))
    #expect(try error({ _ in true }, adding: "conditioner.embedders.0.model.x").contains("refiner"))
    #expect(try error { $0 != "model.diffusion_model.out.0.bias" }.contains("conv_norm_out.bias"))
    #expect(
      try error({ _ in true }, adding: "model.diffusion_model.label_emb.0.0.weight")
        .contains("'model.diffusion_model.label_emb.0.0.weight'"))
  }
}
