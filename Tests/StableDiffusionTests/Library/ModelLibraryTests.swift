import Checkpoints
import Foundation
import Generation
import StableDiffusion
import Testing

@Suite struct ModelLibraryTests {
  /// A folder of its own for each test, removed with it.
  final class Scratch {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func copy(_ model: String, to place: String) throws {
      let target = "\(path)/\(place)"
      let parent = URL(fileURLWithPath: target).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: try Goldens.path(model), toPath: target)
    }

    func write(_ text: String, to place: String) throws {
      let target = URL(fileURLWithPath: "\(path)/\(place)")
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: target)
    }
  }

  @Test func `models are found in the layouts of other programs, three levels down`() throws {
    let scratch = try Scratch()
    try scratch.copy("tiny-sd1", to: "mine")
    try scratch.copy("tiny-sd2", to: "models/Stable-diffusion/other")
    try scratch.copy("tiny-sd1", to: "models--org--the-name/snapshots/0123")
    try scratch.copy("tiny-sd1", to: "a/b/c/too-deep")
    try scratch.write("x", to: "models/checkpoints/v1.safetensors")
    try scratch.write("{}", to: "broken/model_index.json")
    let contents = ModelLibrary(folders: [scratch.path]).scan()
    #expect(contents.models.map(\.description.name) == ["mine", "other", "the-name"])
    #expect(contents.models.map(\.description.family) == ["sd1", "sd2", "sd1"])
    #expect(contents.problems.map(\.name) == ["broken", "models/checkpoints/v1.safetensors"])
    #expect(contents.problems.last?.message.contains("ends too early") == true)
  }

  @Test func `a folder may be the model itself, and names stay unique`() throws {
    let scratch = try Scratch()
    try scratch.copy("tiny-sd1", to: "x/tiny")
    try scratch.copy("tiny-sd1", to: "y/Tiny")
    let contents = ModelLibrary(folders: ["\(scratch.path)/x/tiny", "\(scratch.path)/y"]).scan()
    #expect(contents.models.map(\.description.name) == ["tiny", "Tiny-2"])
    #expect(contents.problems.isEmpty)
  }

  @Test func `defaults and examples come from the folder's own files`() throws {
    let scratch = try Scratch()
    try scratch.copy("tiny-sd1", to: "m")
    let plain = try #require(ModelLibrary(folders: [scratch.path]).scan().models.first)
    #expect(plain.description.defaults == ModelDefaults(width: 64, height: 64, sampler: "DPM++ 2M"))
    #expect(plain.description.examples.isEmpty)
    try scratch.write(
      #"{"defaults": {"steps": 30, "guidance_scale": 4.5, "sampler": "Euler"}}"#, to: "m/atelier.json")
    try scratch.write(#"[{"en": "a cat", "fr": "un chat"}]"#, to: "m/examples.json")
    let own = try #require(ModelLibrary(folders: [scratch.path]).scan().models.first).description
    #expect(
      own.defaults
        == ModelDefaults(width: 64, height: 64, steps: 30, guidanceScale: 4.5, sampler: "Euler"))
    #expect(own.examples == [ExamplePrompt(en: "a cat", fr: "un chat")])
  }

  @Test func `a hash is remembered until the file changes`() throws {
    let scratch = try Scratch()
    try scratch.copy("tiny-sd1", to: "m")
    let cache = "\(scratch.path)/cache/hashes.json"
    let model = try #require(ModelLibrary(folders: ["\(scratch.path)/m"]).scan().models.first)
    let hashes = ModelHashes(cacheFile: cache)
    #expect(hashes.known(model) == nil)
    let hash = try hashes.compute(model)
    #expect(hash.count == 64)
    #expect(ModelHashes(cacheFile: cache).known(model) == hash)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)],
      ofItemAtPath: "\(scratch.path)/m/unet/diffusion_pytorch_model.safetensors")
    #expect(ModelHashes(cacheFile: cache).known(model) == nil)
    try scratch.write("not JSON", to: "cache/hashes.json")
    #expect(try ModelHashes(cacheFile: cache).compute(model) == hash)
  }

  @Test func `a path that is no model says what was expected`() throws {
    let scratch = try Scratch()
    try scratch.write("x", to: "v1.safetensors")
    #expect(throws: CheckpointError.fileTooShort(file: "v1.safetensors", expected: 8, found: 1)) {
      try ModelLibrary.open(path: "\(scratch.path)/v1.safetensors")
    }
    #expect(
      throws: UserError(
        code: "unknown_model", message: "expected a model at 'none', found no such file or folder",
        field: "model")
    ) { try ModelLibrary.open(path: "\(scratch.path)/none") }
    #expect(throws: (any Error).self) { try ModelLibrary.open(path: scratch.path) }
    #expect(ModelLibrary(folders: ["\(scratch.path)/none"]).scan().problems.count == 1)
  }
}
